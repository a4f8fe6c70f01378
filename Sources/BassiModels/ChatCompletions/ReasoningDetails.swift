import BassiEvents

/// The `reasoning_details` of OpenRouter: signed and encrypted reasoning, which it wants back unmodified.
///
/// They stream in pieces: texts of one index belong together, and what else a piece has replaces what was there.
struct ReasoningDetails {
    private(set) var items: [JSONObject] = []

    mutating func add(_ pieces: [JSONValue]) {
        for case .object(let piece) in pieces {
            let known = items.lastIndex { $0["index"] != nil && $0["index"] == piece["index"] }
            if let known, items[known]["type"] == piece["type"] {
                merge(piece, into: known)
            } else {
                items.append(piece)
            }
        }
    }

    private mutating func merge(_ piece: JSONObject, into at: Int) {
        for member in piece.members where !member.value.isNull {
            let before = ["text", "summary"].contains(member.key) ? items[at][member.key]?.string : nil
            items[at][member.key] = before.map { .string($0 + (member.value.string ?? "")) } ?? member.value
        }
    }
}
