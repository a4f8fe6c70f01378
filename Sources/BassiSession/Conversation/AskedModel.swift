import BassiEvents

/// The model that a session asks, as its log says.
public struct AskedModel: JSONRecord {
    /// The model that was asked last, or is asked next, as `provider/model`; nil before the first event.
    public internal(set) var name: String?
    /// Whether it stands in for one that failed, until the run ends.
    public internal(set) var isFallback = false
    /// By how much the provider's counts exceed our estimates, in hundredths: from 100 to 400.
    public internal(set) var estimatePercent = 100

    /// Estimates of fewer tokens say nothing: what a provider adds to each request weighs too much in them.
    private static let estimateMin = 1000

    init() {}

    /// A quarter of the bytes is too few tokens for some languages and for code: the provider's own count of a prompt
    /// says by how much. `estimated` was made with what was known before.
    mutating func calibrate(counted: Int, estimated: Int) {
        guard estimated >= Self.estimateMin else { return }
        estimatePercent = min(max(counted * estimatePercent / estimated, 100), 400)
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("name", name)
        fields("is_fallback", isFallback)
        fields("estimate_percent", estimatePercent)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        name = try fields.optional("name")
        isFallback = try fields("is_fallback")
        estimatePercent = try fields("estimate_percent")
    }
}
