import BassiEvents
import BassiStore

extension SessionUse {
    private static let kind = "usage-1"

    /// The fold of a stored session: pages of the few events that it needs, after those that were folded before.
    public init(of stored: StoredSession, in store: any EventStore) async throws {
        self.init(stored.id)
        var position = await restore(from: store)
        let restored = position
        while true {
            let page = try await store.read(stored.id, after: position, where: .types(Self.types), limit: 1000)
            guard let last = page.last else { break }
            for event in page where event.seq <= stored.head { apply(event) }
            position = last.seq
            if position >= stored.head { break }
        }
        guard stored.head.rawValue - restored.rawValue >= OpenedSession.eventsPerSnapshot else { return }
        // Where it cannot be kept it is folded again.
        try? await store.keep(Snapshot(kind: Self.kind, seq: stored.head, bytes: encoded), of: stored.id)
    }

    /// Takes what a snapshot has, and gives the last event that is in it. It may be of what is shared with another
    /// session: then its own requests are moved by the `session_forked` that follows.
    private mutating func restore(from store: any EventStore) async -> SequenceNumber {
        guard let snapshot = try? await store.snapshot(of: id, kind: Self.kind), restore(snapshot.bytes) else {
            return .start
        }
        return snapshot.seq
    }

    // MARK: - The form

    var encoded: [UInt8] {
        let json: JSONValue = [
            "model": .string(model), "own": .array(own.map(\.row)),
            "shared": .array(
                shared.map { part in
                    [
                        "origin": part.origin.map { .string($0.description) } ?? .null,
                        "requests": .array(part.requests.map(\.row)),
                    ]
                }),
        ]
        return json.encoded
    }

    /// False, and nothing is taken, where this build cannot read it.
    mutating func restore(_ bytes: [UInt8]) -> Bool {
        guard let json = try? JSONParser.parse(bytes), let model = json["model"]?.string,
            let own = Self.requests(json["own"]), let parts = json["shared"]?.array
        else { return false }
        let shared = parts.compactMap { part in
            Self.requests(part["requests"]).map {
                Shared(origin: part["origin"]?.string.flatMap { SessionID($0) }, requests: $0)
            }
        }
        guard shared.count == parts.count else { return false }
        (self.model, self.own, self.shared) = (model, own, shared)
        return true
    }

    private static func requests(_ json: JSONValue?) -> [RequestUse]? {
        guard let rows = json?.array else { return nil }
        let requests = rows.compactMap { RequestUse(row: $0) }
        return requests.count == rows.count ? requests : nil
    }
}

extension RequestUse {
    /// Without names: a session can have many of these.
    fileprivate var row: JSONValue {
        [
            .string(id.description), .number(JSONNumber(endedAt.milliseconds)), .string(model),
            usage?.jsonValue ?? .null, costUSD.flatMap { try? JSONParser.parse($0.description) } ?? .null,
        ]
    }

    fileprivate init?(row: JSONValue) {
        guard let cells = row.array, cells.count == 5, let id = cells[0].string.flatMap({ EventID($0) }),
            let ended = cells[1].int64, let model = cells[2].string
        else { return nil }
        self.id = id
        endedAt = Timestamp(milliseconds: ended)
        self.model = model
        usage = Usage(json: cells[3])
        costUSD = Money(json: cells[4])
    }
}
