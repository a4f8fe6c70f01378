import BassiEvents
import Crypto

/// The hash chain of one stream: every event but the deltas is a link, and each link holds the one before it.
///
///     hash(n)       = SHA-256(hash of the previous link ‖ header(n) ‖ commitment(n))
///     commitment(n) = SHA-256(salt(n) ‖ payload(n))
///
/// So a payload can be erased and the chain stays whole, and a short secret cannot be guessed from its hash. Deltas are
/// outside, since the end of their block has the whole: they can be joined and dropped without touching the proof.
public struct EventChain: Sendable, Equatable {
    /// The bytes of a salt.
    public static let saltBytes = 16

    /// The last link; nil before the first.
    public private(set) var head: EventHash?

    /// A chain that goes on after a link.
    public init(after head: EventHash? = nil) { self.head = head }

    /// Adds the event and gives its link.
    public mutating func link(_ header: EventHeader, commitment: [UInt8]) -> EventHash? {
        var hash = SHA256()
        hash.update(data: head?.bytes ?? [])
        hash.update(data: header.bytes)
        hash.update(data: commitment)
        head = EventHash(Array(hash.finalize()))
        return head
    }

    /// What stands for a payload in its link.
    public static func commitment(salt: [UInt8], payload: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: salt)
        hash.update(data: payload)
        return Array(hash.finalize())
    }

    /// A fresh salt.
    public static func salt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<saltBytes / 8).flatMap { _ in
            let word = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
    }
}

/// All of an event but its payload, as the chain sees it: fixed widths and lengths before texts, so that no two headers
/// have the same bytes.
public struct EventHeader: Sendable, Equatable {
    let bytes: [UInt8]

    /// The header of an event at its place.
    public init(_ draft: EventDraft, session: SessionID, seq: SequenceNumber) {
        var bytes = Array("bassi-chain-1".utf8)
        func add(_ word: UInt64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        func add(_ uuid: UUIDv7) {
            add(uuid.high)
            add(uuid.low)
        }
        add(session.uuid)
        add(UInt64(bitPattern: seq.rawValue))
        add(draft.id.uuid)
        bytes.append(draft.runID == nil ? 0 : 1)
        if let run = draft.runID { add(run.uuid) }
        bytes.append(draft.causeSeq == nil ? 0 : 1)
        if let cause = draft.causeSeq { add(UInt64(bitPattern: cause.rawValue)) }
        add(UInt64(bitPattern: draft.timestamp.milliseconds))
        add(UInt64(draft.schema))
        let type = Array(draft.payload.type.utf8)
        add(UInt64(type.count))
        self.bytes = bytes + type
    }

    /// The header of a stored event.
    public init(_ event: Event) {
        let draft = EventDraft(
            event.payload, bytes: [], runID: event.runID, causeSeq: event.causeSeq, id: event.id,
            timestamp: event.timestamp, schema: event.schema)
        self.init(draft, session: event.sessionID, seq: event.seq)
    }
}
