import BassiEvents

/// What an event has of a part that lies in the blob store: enough for a person to see what it is, never enough to act
/// on it.
package enum BlobPreview {
    /// How every mark of something that was left out ends.
    package static let mark = "in the blob store …]"

    private static let textHeadBytes = 2048
    private static let textTailBytes = 1024
    private static let valueBytesMax = 8192
    private static let stringBytesMax = 1024

    /// The beginning and the end of a text.
    static func text(_ text: String) -> String { cut(text, head: textHeadBytes, tail: textTailBytes) }

    /// A value in which long strings are cut and what does not fit is left out, with a mark wherever that is so.
    static func value(_ value: JSONValue) -> JSONValue {
        var room = valueBytesMax
        return reduced(value, &room, depth: 0)
    }

    /// The elements of a list of the format, as blocks of content: those that fit, without a mark among them.
    static func elements(_ elements: [JSONValue]) -> [JSONValue] {
        var room = valueBytesMax
        return Array(
            elements.prefix { element in
                room -= element.encoded.count
                return room >= 0
            })
    }

    private static func reduced(_ value: JSONValue, _ room: inout Int, depth: Int) -> JSONValue {
        guard room > 0, depth < 8 else { return .string("[… \(mark)") }
        switch value {
        case .null, .bool:
            room -= 8
            return value
        case .number(let number):
            guard number.text.utf8.count <= 64 else { return .string("[… \(mark)") }
            room -= number.text.utf8.count
            return value
        case .string(let text):
            let shown = text.utf8.count <= stringBytesMax ? text : cut(text, head: 768, tail: 256)
            room -= JSONValue.string(shown).encoded.count
            return .string(shown)
        case .array(let elements):
            var shown: [JSONValue] = []
            for element in elements where room > 0 { shown.append(reduced(element, &room, depth: depth + 1)) }
            if shown.count < elements.count { shown.append(.string("[… \(elements.count - shown.count) more \(mark)")) }
            return .array(shown)
        case .object(let object): return .object(reduced(object, &room, depth))
        }
    }

    private static func reduced(_ object: JSONObject, _ room: inout Int, _ depth: Int) -> JSONObject {
        var shown: [JSONObject.Member] = []
        for member in object.members {
            room -= member.key.utf8.count
            guard room > 0 else { break }
            shown.append(JSONObject.Member(key: member.key, value: reduced(member.value, &room, depth: depth + 1)))
        }
        let left = object.members.count - shown.count
        if left > 0 { shown.append(JSONObject.Member(key: "…", value: .string("[… \(left) more \(mark)"))) }
        return JSONObject(shown)
    }

    /// The text without its middle, cut between characters.
    private static func cut(_ text: String, head: Int, tail: Int) -> String {
        text.cutInTheMiddle(headBytes: head, tailBytes: tail) { "[… \($0) bytes \(mark)" }
    }
}
