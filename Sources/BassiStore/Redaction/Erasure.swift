import BassiEvents

extension EventPayload {
    /// The payload without a word of what it said: identifiers, kinds and numbers of the format stay, so that what began
    /// still has its end, and every text is gone.
    ///
    ///     {"block_id":"b1","kind":"text","text":"my password is …"}  →  {"block_id":"b1","kind":"text","text":"[erased]"}
    public var erased: EventPayload {
        if case .unknown(let unknown) = self { return .unknown(UnknownPayload(type: unknown.type, rawJSON: [])) }
        guard let object = try? JSONParser.parse([UInt8(ascii: "{")] + encoded + [UInt8(ascii: "}")]) else {
            return .unknown(UnknownPayload(type: type, rawJSON: []))
        }
        let bytes = Array(Erasure.emptied(object, key: "").encoded.dropFirst().dropLast())
        return (try? EventCoder.decodePayload(type: type, schema: 1, bytes: bytes, event: EventID()))
            ?? .unknown(UnknownPayload(type: type, rawJSON: []))
    }
}

/// What of a payload is its form, and what is what it said.
private enum Erasure {
    static let mark = "[erased]"

    /// Members of free form, whose very keys say something.
    private static let emptiedWhole: Set<String> = [
        "tool_input", "modified_input", "structured", "changes", "context", "answers", "input",
    ]

    /// Members that only a provider reads, and only as they were.
    private static let dropped: Set<String> = ["provider_data", "idempotency_key", "snapshot"]

    /// Words and identifiers of the format; those that end in `_id` are too.
    private static let form: Set<String> = [
        "type", "kind", "client", "role", "tool_name", "stream", "stop_reason", "outcome", "effect", "reach",
        "decision", "scope", "delivery", "hook_event", "hook_name", "status", "media_type", "id", "model", "from", "to",
        "provider", "bassi_version", "error_type", "expires_at", "cost_usd", "before_hash", "after_hash", "name",
        "agent",
    ]

    static func emptied(_ value: JSONValue, key: String) -> JSONValue {
        switch value {
        case .null, .bool, .number: return value
        case .string: return form.contains(key) || key.hasSuffix("_id") ? value : .string(mark)
        case .array(let elements): return .array(elements.map { emptied($0, key: key) })
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.filter { !dropped.contains($0.key) }.map { member in
                        JSONObject.Member(
                            key: member.key,
                            value: emptiedWhole.contains(member.key) ? [:] : emptied(member.value, key: member.key))
                    }))
        }
    }
}
