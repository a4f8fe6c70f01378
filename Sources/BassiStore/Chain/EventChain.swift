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
        var salts = Salts(count: 1)
        return salts.next()
    }

    /// Salts for a batch: the system's source of random bytes is asked once for all of them.
    public struct Salts {
        private let bytes: [UInt8]
        private var position = 0

        /// So many salts.
        public init(count: Int) {
            let key = SymmetricKey(size: SymmetricKeySize(bitCount: max(1, count) * saltBytes * 8))
            bytes = key.withUnsafeBytes { Array($0) }
        }

        /// The next one; there are no more than were asked for.
        public mutating func next() -> [UInt8] {
            defer { position += EventChain.saltBytes }
            return Array(bytes[position..<position + EventChain.saltBytes])
        }
    }
}

/// All of an event but its payload, as the chain sees it: fixed widths and lengths before texts, so that no two headers
/// have the same bytes.
public struct EventHeader: Sendable, Equatable {
    let bytes: [UInt8]

    /// The header of an event at its place.
    public init(_ draft: EventDraft, session: SessionID, seq: SequenceNumber) {
        let type = draft.payload.type
        bytes = [UInt8](unsafeUninitializedCapacity: Self.fixedBytesMax + type.utf8.count) { buffer, count in
            var writer = HeaderWriter(buffer: UnsafeMutableRawBufferPointer(buffer))
            writer.add("bassi-chain-1")
            writer.add(session.uuid)
            writer.add(UInt64(bitPattern: seq.rawValue))
            writer.add(draft.id.uuid)
            writer.add(draft.runID == nil)
            if let run = draft.runID { writer.add(run.uuid) }
            writer.add(draft.causeSeq == nil)
            if let cause = draft.causeSeq { writer.add(UInt64(bitPattern: cause.rawValue)) }
            writer.add(UInt64(bitPattern: draft.timestamp.milliseconds))
            writer.add(UInt64(draft.schema))
            writer.add(UInt64(type.utf8.count))
            for byte in type.utf8 { writer.add(byte) }
            count = writer.count
        }
    }

    private static let fixedBytesMax = 13 + 3 * 16 + 2 + 5 * 8

    /// The header of a stored event; of one that a copy shares, as it was written in `session`.
    public init(_ event: Event, writtenIn session: SessionID? = nil) {
        self.init(EventDraft(event), session: session ?? event.sessionID, seq: event.seq)
    }
}

/// Writes the members of a header one after the other.
private struct HeaderWriter {
    let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

    mutating func add(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }

    mutating func add(_ isAbsent: Bool) { add(isAbsent ? 0 : 1 as UInt8) }

    mutating func add(_ word: UInt64) {
        buffer.storeBytes(of: word.bigEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    mutating func add(_ uuid: UUIDv7) {
        add(uuid.high)
        add(uuid.low)
    }

    mutating func add(_ text: StaticString) { text.withUTF8Buffer { for byte in $0 { add(byte) } } }
}
