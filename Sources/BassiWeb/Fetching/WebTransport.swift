import BassiModels
import BassiTools

/// Sends the requests of `web_fetch`. A protocol, so that the core builds and is tested without a network library.
public protocol WebTransport: Sendable {
    /// Sends a GET and lends the answer to `body`. No redirect is followed. The connection is closed when `body` leaves,
    /// or when the task is cancelled.
    ///
    /// - Throws: ``ToolError``: `unreachable` where nobody could be connected to, `tls_failed`, `broken_answer`; or what
    ///   `body` threw.
    func get<Value: Sendable>(
        _ request: WebRequest, _ body: (WebResponse) async throws -> Value
    ) async throws -> Value
}

/// One request.
public struct WebRequest: Sendable {
    /// What to ask for.
    public let address: WebAddress
    /// The address that was checked: the connection goes there and nowhere else, whatever the name resolves to by then.
    /// Nil where a proxy connects.
    public let destination: IPAddress?
    /// The header fields, in order.
    public let headers: [HTTPField]
    /// How long to wait for a connection.
    public let connect: Duration
    /// The most bytes of a body after decompression.
    public let unpackedBytesMax: Int
    /// The variables that name a proxy and the roots of trust.
    public let environment: [String: String]
}

/// The answer to a request, while its body still arrives.
public struct WebResponse {
    /// The status.
    public let status: Int
    /// The header fields, in order.
    public let headers: [HTTPField]
    /// The next bytes of the body, unpacked; nil at its end.
    public let nextChunk: () async throws -> [UInt8]?

    /// An answer.
    public init(status: Int, headers: [HTTPField], nextChunk: @escaping () async throws -> [UInt8]?) {
        (self.status, self.headers, self.nextChunk) = (status, headers, nextChunk)
    }

    /// The first value of a field, whatever the case of its name.
    public subscript(name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}

extension WebTransport where Self == NoWebTransport {
    /// What a build without the trait `Network` has.
    static var none: NoWebTransport { NoWebTransport() }
}

/// A build without the trait `Network` reaches nobody, and says so.
struct NoWebTransport: WebTransport {
    func get<Value: Sendable>(
        _ request: WebRequest, _ body: (WebResponse) async throws -> Value
    ) async throws -> Value {
        throw ToolError("unavailable", "this build of Bassi has no network (it was built without the trait Network)")
    }
}
