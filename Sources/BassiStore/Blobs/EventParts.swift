import BassiEvents

/// An event's members with all that is too large taken out of them. Pure: what was taken is put into the blob store by
/// whoever asked.
struct EventParts {
    /// A part that was taken out.
    struct Part {
        let at: JSONPointer
        let bytes: [UInt8]
        let form: BlobReference.Form
    }

    /// An input or another value of free form above this goes, so that the events that repeat it only name it.
    static let valueBytesMax = 64 << 10
    /// A payload is made smaller until it has no more than this.
    static let payloadBytesMax = 256 << 10
    /// No event is larger than this, its envelope included.
    static let eventBytesMax = 1 << 20
    /// More than the members of an envelope ever have.
    static let envelopeBytesMax = 1024
    private static let textBytesMin = 16 << 10
    private static let textsMax = 16

    /// Members without a form of their own: a part of one means nothing to the format.
    private static let freeForm = [
        "tool_input", "modified_input", "structured", "provider_data", "answers", "changes", "context",
    ]

    private(set) var members: JSONValue
    private(set) var parts: [Part] = []
    private var size: Int

    /// - Parameter members: The payload's members, as one object.
    init(of members: JSONValue) {
        self.members = members
        size = members.encoded.count
        for name in Self.freeForm { takeValue(name) }
        if size > Self.payloadBytesMax { takeTexts() }
        if size > Self.payloadBytesMax { takeLists() }
    }

    private mutating func takeValue(_ name: String) {
        guard let value = members[name] else { return }
        let bytes = value.encoded
        guard bytes.count > Self.valueBytesMax else { return }
        take(JSONPointer([name]), bytes, .json, leaving: BlobPreview.value(value), freeing: bytes.count)
    }

    /// Takes long strings, the longest first.
    private mutating func takeTexts() {
        var texts: [(at: JSONPointer, text: String)] = []
        Self.collect(members, [], &texts)
        texts.sort { $0.text.utf8.count > $1.text.utf8.count }
        for (at, text) in texts.prefix(Self.textsMax) where size > Self.payloadBytesMax {
            let encodedCount = JSONValue.string(text).encoded.count
            take(at, Array(text.utf8), .text, leaving: .string(BlobPreview.text(text)), freeing: encodedCount)
        }
    }

    private static func collect(
        _ value: JSONValue, _ path: [String], _ texts: inout [(at: JSONPointer, text: String)]
    ) {
        switch value {
        case .string(let text): if text.utf8.count > textBytesMin { texts.append((JSONPointer(path), text)) }
        case .array(let elements):
            for (index, element) in elements.enumerated() { collect(element, path + ["\(index)"], &texts) }
        case .object(let object):
            for member in object.members where !(path.isEmpty && freeForm.contains(member.key)) {
                collect(member.value, path + [member.key], &texts)
            }
        case .null, .bool, .number: break
        }
    }

    /// Takes whole lists, the largest first: there is so much in them that no single part is large. What was taken of
    /// their elements before is put back by its own reference, after theirs.
    private mutating func takeLists() {
        let lists = (members.object?.members ?? []).compactMap { member in
            member.value.array.map { (name: member.key, elements: $0, bytes: member.value.encoded) }
        }.sorted { $0.bytes.count > $1.bytes.count }
        for list in lists where size > Self.payloadBytesMax {
            let preview = JSONValue.array(BlobPreview.elements(list.elements))
            take(JSONPointer([list.name]), list.bytes, .json, leaving: preview, freeing: list.bytes.count)
        }
    }

    private mutating func take(
        _ at: JSONPointer, _ bytes: [UInt8], _ form: BlobReference.Form, leaving preview: JSONValue, freeing count: Int
    ) {
        guard let changed = at.replacing(in: members, with: preview) else { return }
        members = changed
        size += preview.encoded.count - count
        // A list stands before what was taken out of it.
        form == .json
            ? parts.insert(Part(at: at, bytes: bytes, form: form), at: 0)
            : parts.append(Part(at: at, bytes: bytes, form: form))
    }
}
