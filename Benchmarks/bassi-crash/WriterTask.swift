import BassiEvents
import BassiSQLite
import BassiStore

/// What one session of a child goes through, with its copies.
struct WriterTask {
    /// A session, and where it ends.
    private struct Line {
        var pattern: LogPattern
        var head: Int64
    }

    private let store: SQLiteEventStore
    private let seed: UInt64
    private var numbers: SeededNumbers
    private var own: Line
    private var fork: Line?
    private var forks: UInt64 = 0

    init(session: SessionID, store: SQLiteEventStore, seed: UInt64) async throws {
        self.store = store
        self.seed = seed
        numbers = SeededNumbers(seed: seed)
        var pattern = LogPattern(of: session)
        for event in try await KillCheck.written(by: store, in: session) { pattern.note(event) }
        own = Line(pattern: pattern, head: try await store.head(of: session)?.rawValue ?? 0)
    }

    mutating func run() async throws {
        while true {
            own = try await appending(to: own)
            if numbers.happens(0.08) { try await makeFork() }
            if let line = fork { fork = try await appending(to: line) }
            if numbers.happens(0.05) { try await compact() }
            if numbers.happens(0.02) { try await redact() }
        }
    }

    private mutating func appending(to line: Line) async throws -> Line {
        let count = Int64.random(in: 1...8, using: &numbers)
        let (head, pattern) = (line.head, line.pattern)
        let batch = (1...count).compactMap { pattern.payload(at: head + $0) }.map { EventDraft($0) }
        let durability: Durability = numbers.happens(0.2) ? .durable : .visible
        let events = try await store.append(
            batch, to: pattern.session, expecting: .exact(SequenceNumber(head)), until: durability)
        let line = Line(pattern: pattern, head: events.last?.seq.rawValue ?? head)
        ChildWriter.say(pattern.session, line.head)
        return line
    }

    /// Copies the session or its latest copy, which may be deleted then.
    private mutating func makeFork() async throws {
        let parent = fork.map { numbers.happens(0.5) ? $0 : own } ?? own
        // Often near the end, where a copy has events of its own: those are what its copies lose when it is deleted.
        let first = numbers.happens(0.5) ? max(1, parent.head - 20) : 1
        let seq = Int64.random(in: first...parent.head, using: &numbers)
        let child = ChildWriter.fork(number: forks, of: own.pattern.session, seed: seed)
        forks += 1
        let event = try await store.fork(parent.pattern.session, at: SequenceNumber(seq), into: child)
        ChildWriter.say(child, event.seq.rawValue)
        if let old = fork, numbers.happens(0.3) {
            // Nothing of it is asked for from now on.
            ChildWriter.say(old.pattern.session, 0)
            try await erasing { try await $0.delete(old.pattern.session) }
        }
        fork = Line(pattern: parent.pattern.forked(at: seq, into: child), head: event.seq.rawValue)
    }

    private mutating func compact() async throws {
        let session = (numbers.happens(0.3) ? fork : nil) ?? own
        // A moment after all events of the campaign.
        let later = Timestamp(milliseconds: Timestamp.now.milliseconds + 86_400_000)
        try await store.compact(session.pattern.session, before: later)
    }

    private mutating func redact() async throws {
        let (session, seq) = (own.pattern.session, Int64.random(in: 1...own.head, using: &numbers))
        ChildWriter.say(session, -seq)
        try await erasing { try await $0.redact(session, at: SequenceNumber(seq), reason: "a test") }
        let head = try await store.head(of: session)?.rawValue ?? 0
        guard head > own.head else { return }
        own.pattern.noteRedaction(at: head)
        own.head = head
        ChildWriter.say(session, head)
    }

    /// While another process reads, the store says that not all is gone from the disk yet, and to do it again.
    private func erasing(_ body: (SQLiteEventStore) async throws -> Void) async throws {
        do { try await body(store) } catch StoreError.unusable(_, let reason) where reason.hasPrefix("it is erased") {}
    }
}
