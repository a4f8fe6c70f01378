/// Replaces secrets by `[redacted:NAME]` in what is about to be stored.
///
/// A secret is the value of a named variable, in plain text or encoded (base64 at any alignment, URL, JSON), or a token
/// with a known prefix and enough length, or a private key in PEM. Secrets that overlap become one marker.
///
///     let redactor = Redactor(secrets: [("DATABASE_URL", url)])
///     redactor.redact("connect to \(url)")  // "connect to [redacted:DATABASE_URL]"
///
/// Caveat: a value that is changed in another way, as reversed or hashed, is not seen.
public struct Redactor: Sendable {
    /// Values shorter than this are no secrets: they would be found in every text.
    public static let valueCharactersMin = 8

    /// How what stands in place of a secret begins.
    public static let mark = "[redacted:"

    let patterns: SecretPatterns

    /// A redactor of these values and of all tokens with a known prefix.
    public init(secrets: [(name: String, value: String)] = []) {
        patterns = SecretPatterns(secrets)
    }

    /// The text without its secrets.
    public func redact(_ text: String) -> String {
        var stream = makeStream()
        let start = stream.push(text)
        let rest = stream.finish()
        return rest.isEmpty ? start : start + rest
    }

    /// A redactor of a text that comes in pieces.
    public func makeStream() -> StreamRedactor { StreamRedactor(patterns) }
}
