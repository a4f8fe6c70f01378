import ArgumentParser
import BassiEvents

/// A session, or a position of it: `SESSION` or `SESSION@SEQ`.
struct SessionPlace: ExpressibleByArgument {
    let session: SessionID
    let seq: SequenceNumber?

    init?(argument: String) {
        let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let session = SessionID(String(first)) else { return nil }
        self.session = session
        if parts.count == 1 {
            seq = nil
        } else {
            guard let number = Int64(parts[1]), number > 0 else { return nil }
            seq = SequenceNumber(number)
        }
    }
}
