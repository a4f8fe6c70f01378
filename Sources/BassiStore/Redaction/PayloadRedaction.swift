import BassiEvents

extension Redactor {
    /// The payload without secrets in any of its strings. Keys, order and numbers stay; one without secrets comes back
    /// as it was.
    public func redact(_ payload: EventPayload) -> EventPayload {
        let bytes = payload.encoded
        guard let object = try? JSONParser.parse([UInt8(ascii: "{")] + bytes + [UInt8(ascii: "}")]) else {
            return redactUnreadable(payload, bytes)
        }
        var (index, changed) = (0, [Int]())
        let whole = redact(object, except: [], &index, &changed)
        if changed.isEmpty { return payload }
        if let redacted = decode(whole, payload) { return redacted }
        return redactSingly(object, changed, payload)
    }

    /// A word of the format, as a block's kind, that is also the value of a variable must stay: otherwise nobody could
    /// read the event. All other strings are redacted.
    private func redactSingly(_ object: JSONValue, _ changed: [Int], _ payload: EventPayload) -> EventPayload {
        let words = changed.filter { word in
            var (index, ignored) = (0, [Int]())
            return decode(redact(object, except: Set(changed).subtracting([word]), &index, &ignored), payload) == nil
        }
        var (index, ignored) = (0, [Int]())
        let redacted = redact(object, except: Set(words), &index, &ignored)
        return decode(redacted, payload) ?? .unknown(UnknownPayload(type: payload.type, rawJSON: members(redacted)))
    }

    /// Members that are no JSON, which only a payload of another build can have, are redacted as text.
    private func redactUnreadable(_ payload: EventPayload, _ bytes: [UInt8]) -> EventPayload {
        let text = String(decoding: bytes, as: UTF8.self)
        let redacted = redact(text)
        return redacted == text
            ? payload : .unknown(UnknownPayload(type: payload.type, rawJSON: Array(redacted.utf8)))
    }

    private func decode(_ value: JSONValue, _ payload: EventPayload) -> EventPayload? {
        let bytes = members(value)
        if case .unknown = payload { return .unknown(UnknownPayload(type: payload.type, rawJSON: bytes)) }
        return try? EventCoder.decodePayload(type: payload.type, schema: 1, bytes: bytes, event: EventID())
    }

    /// An object's bytes without the braces, as a payload keeps them.
    private func members(_ value: JSONValue) -> [UInt8] { Array(value.encoded.dropFirst().dropLast()) }

    /// The value with its strings redacted. Strings are counted in their order; those in `kept` stay, and those that a
    /// secret was taken out of are noted.
    private func redact(
        _ value: JSONValue, except kept: Set<Int>, _ index: inout Int, _ changed: inout [Int]
    ) -> JSONValue {
        switch value {
        case .null, .bool, .number: return value
        case .array(let elements): return .array(elements.map { redact($0, except: kept, &index, &changed) })
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map {
                        JSONObject.Member(key: $0.key, value: redact($0.value, except: kept, &index, &changed))
                    }))
        case .string(let text):
            defer { index += 1 }
            if kept.contains(index) { return value }
            let redacted = redact(text)
            // By bytes: two strings of different bytes can be equal as text.
            if redacted.utf8.elementsEqual(text.utf8) { return value }
            changed.append(index)
            return .string(redacted)
        }
    }
}
