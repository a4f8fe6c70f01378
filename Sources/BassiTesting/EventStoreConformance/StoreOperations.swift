import BassiEvents
import BassiStore

/// One random step against a store, and the plain arrays that say what must come out.
enum StoreOperation: Sendable {
    enum Version: Sendable, CaseIterable { case right, any, noStream, tooLow, tooHigh }

    case append(stream: Int, kinds: [Int], times: [Int64], version: Version, durability: Durability)
    case read(stream: Int, after: Int64, filter: Int, limit: Int)
    case head(stream: Int)
    case sessions(limit: Int, offset: Int)

    static let streams = 3

    static func random(_ random: inout SplitMix64) -> StoreOperation {
        let stream = Int.random(in: 0..<streams, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            let size = Int.random(in: 0..<25, using: &random) == 0 ? 700 : Int.random(in: 0...4, using: &random)
            return .append(
                stream: stream, kinds: (0..<size).map { _ in Int.random(in: 0..<4, using: &random) },
                times: (0..<size).map { _ in Int64.random(in: 0..<4, using: &random) },
                version: Version.allCases.randomElement(using: &random) ?? .any,
                durability: Int.random(in: 0..<5, using: &random) == 0 ? .durable : .visible)
        case 5..<8:
            return .read(
                stream: stream, after: Int64.random(in: -1...8, using: &random),
                filter: Int.random(in: 0..<EventStoreConformance.filters.count, using: &random),
                limit: [-1, 0, 1, 2, 7, 999, 1000, 1001, .max].randomElement(using: &random) ?? 1)
        case 8: return .head(stream: stream)
        default:
            return .sessions(
                limit: Int.random(in: -1...4, using: &random), offset: Int.random(in: -1...4, using: &random))
        }
    }
}

extension StoreOperation: CustomStringConvertible {
    var description: String {
        switch self {
        case .append(let stream, let kinds, _, let version, let durability):
            "append \(kinds.count) to stream \(stream), version \(version), \(durability)"
        case .read(let stream, let after, let filter, let limit):
            "read stream \(stream) after \(after) where \(EventStoreConformance.filters[filter]), limit \(limit)"
        case .head(let stream): "head of stream \(stream)"
        case .sessions(let limit, let offset): "sessions, limit \(limit), offset \(offset)"
        }
    }
}

/// A store and what it must hold.
struct ModelledStore {
    let store: any EventStore
    let sessions = (0..<StoreOperation.streams).map { _ in SessionID() }
    var model: [[Event]] = Array(repeating: [], count: StoreOperation.streams)

    mutating func perform(_ operation: StoreOperation) async throws {
        switch operation {
        case .append(let stream, let kinds, let times, let version, let durability):
            let batch = zip(kinds, times).map { EventStoreConformance.draft($0, "\($0) \($1)\n\u{0}é", at: $1) }
            try await append(batch, stream, version, durability)
        case .read(let stream, let after, let filter, let limit):
            let filter = EventStoreConformance.filters[filter]
            let page = try await store.read(sessions[stream], after: SequenceNumber(after), where: filter, limit: limit)
            let wanted = model[stream].filter { $0.seq.rawValue > after && filter.matches($0) }
            try same(page, Array(wanted.prefix(min(1000, max(0, limit)))), "the page")
        case .head(let stream):
            let (head, last) = (try await store.head(of: sessions[stream]), model[stream].last?.seq)
            try require(head == last, "the head is \(head?.description ?? "nil"), not \(last?.description ?? "nil")")
        case .sessions(let limit, let offset):
            let listed = try await store.sessions(limit: limit, offset: offset)
            let wanted = Array(listing.dropFirst(max(0, offset)).prefix(max(0, limit)))
            try require(listed == wanted, "the sessions are \(listed), not \(wanted)")
        }
    }

    /// Reads every stream from its beginning: what was appended stands there, with the same bytes.
    func readAll() async throws {
        for (session, events) in zip(sessions, model) {
            var (stored, position): ([Event], SequenceNumber) = ([], .start)
            while case let page = try await store.read(session, after: position), let last = page.last {
                stored += page
                position = last.seq
            }
            try same(stored, events, "the stream")
        }
    }

    private mutating func append(
        _ batch: [EventDraft], _ stream: Int, _ version: StoreOperation.Version, _ durability: Durability
    ) async throws {
        let (session, head) = (sessions[stream], model[stream].count)
        let expected: ExpectedVersion =
            switch version {
            case .any: .any
            case .right: .exact(SequenceNumber(head))
            case .noStream: .noStream
            case .tooLow: .exact(SequenceNumber(head - 1))
            case .tooHigh: .exact(SequenceNumber(head + 1))
            }
        guard expected.matches(SequenceNumber(head)) else {
            let conflict = StoreError.conflict(session: session, expected: expected, actual: SequenceNumber(head))
            return try await EventStoreConformance.require(conflict, from: "an append") {
                _ = try await store.append(batch, to: session, expecting: expected, until: durability)
            }
        }
        let added = try await store.append(batch, to: session, expecting: expected, until: durability)
        let wanted = batch.enumerated().map {
            Event(
                $1, sessionID: session, seq: SequenceNumber(head + $0 + 1),
                hash: added.indices.contains($0) ? added[$0].hash : nil)
        }
        try same(added, wanted, "the append's answer")
        model[stream] += added
    }

    private var listing: [StoredSession] {
        zip(sessions, model).compactMap { session, events -> StoredSession? in
            guard let first = events.first, let last = events.last else { return nil }
            return StoredSession(
                id: session, head: last.seq, createdAt: first.timestamp, updatedAt: last.timestamp, hasOwner: false)
        }.sorted { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
    }

    private func same(_ events: [Event], _ wanted: [Event], _ what: String) throws {
        let (seqs, wantedSeqs) = (events.map(\.seq.rawValue), wanted.map(\.seq.rawValue))
        try require(seqs == wantedSeqs, "\(what) holds \(shortly(seqs)), not \(shortly(wantedSeqs))")
        for (event, other) in zip(events, wanted) {
            try require(EventCoder.encode(event) == EventCoder.encode(other), "the bytes at \(event.seq) have changed")
        }
    }

    private func shortly(_ seqs: [Int64]) -> String {
        seqs.count < 12 ? "\(seqs)" : "\(seqs.count) events \(seqs.prefix(3))…\(seqs.suffix(3))"
    }

    private func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        try EventStoreConformance.require(condition, sentence())
    }
}
