import BassiEvents
import BassiStore

/// A row that was folded before is not folded from the first event again.
extension SessionSummary {
    private static let kind = "summary-1"

    /// Takes what a snapshot has, and gives the last event that is in it.
    mutating func restore(from store: any EventStore) async -> SequenceNumber {
        guard let snapshot = try? await store.snapshot(of: id, kind: Self.kind),
            let fields = (try? JSONParser.parse(snapshot.bytes))?.object,
            let phase = fields["phase"]?.string.flatMap({ Phase(rawValue: $0) }),
            let questions = fields["open_questions"]?.int64
        else { return .start }
        (title, cwd, model) = (fields["title"]?.string, fields["cwd"]?.string, fields["model"]?.string)
        hasGivenTitle = fields["has_given_title"] == true
        parent = fields["parent"]?.string.flatMap { SessionID($0) }
        (self.phase, openQuestions) = (phase, Int(questions))
        costUSD = fields["cost_usd"].flatMap { Money(json: $0) }
        return snapshot.seq
    }

    /// Keeps the fold; what a living owner adds to it is not a part of it.
    func keep(in store: any EventStore) async {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        let fields: JSONValue = [
            "title": text(title), "cwd": text(cwd), "model": text(model),
            "parent": text(parent?.description), "has_given_title": .bool(hasGivenTitle),
            "phase": .string(phase.rawValue), "open_questions": .number(JSONNumber(openQuestions)),
            "cost_usd": costUSD.flatMap { try? JSONParser.parse($0.description) } ?? .null,
        ]
        // Where it cannot be kept it is folded again.
        try? await store.keep(Snapshot(kind: Self.kind, seq: lastSeq, bytes: fields.encoded), of: id)
    }
}
