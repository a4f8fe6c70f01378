/// What `web_fetch` may reach and how much it takes. The person's own settings say so (`limits.web`), never a folder's.
public struct WebSettings: Sendable, Hashable {
    /// Places that are not public and may be reached.
    public var allowed: [AllowedPlace] = []
    /// For all of a call: names, connections, redirects and the body.
    public var timeout: Duration = .seconds(30)
    /// Bytes of a body that are read, after decompression; what follows is left out, and said so.
    public var bodyBytesMax = 5 << 20

    /// For one connection, when a host has several addresses.
    var connect: Duration { min(.seconds(10), timeout) }
    /// Redirects that are followed.
    static let redirectsMax = 5
    /// Addresses of one name that are tried.
    static let addressesMax = 4
    /// With a proxy: how long a name is looked up before the proxy is trusted with it.
    static let lookUpBesideProxy: Duration = .seconds(3)
    /// Characters (Unicode scalars) that the model gets.
    static let resultCharactersMax = 30_000

    /// The defaults.
    public init() {}
}
