import BassiEvents
import Crypto

/// Signs the end of a chain, so that whoever does not have the key cannot write a log anew from its first event.
public struct LogKey: Sendable {
    /// The fewest bytes that a key may have.
    public static let bytesMin = 16

    private let key: SymmetricKey

    /// A key; nil when it is shorter than ``bytesMin``.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.bytesMin else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// HMAC-SHA256 over the session, a position and the link there.
    public func signature(of session: SessionID, at seq: SequenceNumber, link: EventHash) -> [UInt8] {
        let text = Array("bassi-head-1 \(session) \(seq) \(link)".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
    }

    /// Whether a signature is that of this key, in constant time.
    public func isValid(
        _ signature: [UInt8], of session: SessionID, at seq: SequenceNumber, link: EventHash
    ) -> Bool {
        let text = Array("bassi-head-1 \(session) \(seq) \(link)".utf8)
        return HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: text, using: key)
    }
}
