import BassiEvents
import Foundation

/// An event with all that its proof needs: a line of an export, which can be verified wherever it is read.
///
/// The envelope has `salt` (base64), for an erased payload `commitment` in its place, and `signature` where the end of a
/// run was signed.
public struct ExportedEvent: Sendable, Equatable {
    /// The event.
    public let event: Event
    /// What its commitment was made with; nil for a delta and an erased event.
    public let salt: [UInt8]?
    /// The commitment of an erased payload.
    public let commitment: [UInt8]?
    /// The signature of the end of a run.
    public let signature: [UInt8]?

    /// An event with its proof.
    public init(event: Event, salt: [UInt8]?, commitment: [UInt8]?, signature: [UInt8]?) {
        self.event = event
        self.salt = salt
        self.commitment = commitment
        self.signature = signature
    }

    /// The line, without its end.
    public var encoded: [UInt8] {
        EventCoder.encode(event, proof: [("salt", salt), ("commitment", commitment), ("signature", signature)])
    }

    /// An event from its line.
    ///
    /// - Throws: ``EventDecodingError``.
    public init(_ line: [UInt8]) throws {
        let (event, proof) = try EventCoder.decodeProved(line)
        self.init(
            event: event, salt: proof["salt"], commitment: proof["commitment"], signature: proof["signature"])
    }

    /// The event as the chain sees it.
    public func row(mayFollowGap: Bool) -> ChainCheck.Row {
        ChainCheck.Row(event: event, salt: salt ?? [], commitment: commitment, mayFollowGap: mayFollowGap)
    }
}
