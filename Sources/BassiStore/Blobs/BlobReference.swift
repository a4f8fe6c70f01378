import BassiEvents

/// A part of an event that lies in the blob store. In its place the event has a preview, so that whoever only wants to
/// show it needs nothing else.
///
///     {"type":"content_block_end","blobs":[{"at":"/text","blob":"9f86…","bytes":3000000,"form":"text"}],"text":"The …"}
public struct BlobReference: JSONRecord {
    /// How the bytes of the blob become the part.
    public enum Form: String, JSONWord {
        /// They are the string, in UTF-8.
        case text
        /// They are the value as JSON.
        case json
    }

    /// The member of the event that all its references are in; always its payload's first.
    static let member = "blobs"

    /// Where the part belongs: a JSON Pointer (RFC 6901) into the event.
    public let at: String
    /// The blob's name.
    public let blob: String
    /// How many bytes it has.
    public let bytes: Int
    /// How they become the part.
    public let form: Form

    /// A reference.
    public init(at: String, blob: BlobName, bytes: Int, form: Form) {
        self.at = at
        self.blob = blob.description
        self.bytes = bytes
        self.form = form
    }

    /// The reference as a value.
    var json: JSONValue {
        [
            "at": .string(at), "blob": .string(blob), "bytes": .number(JSONNumber(bytes)),
            "form": .string(form.rawValue),
        ]
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("at", at)
        fields("blob", blob)
        fields("bytes", bytes)
        fields("form", form)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        at = try fields("at")
        blob = try fields("blob")
        bytes = try fields("bytes")
        form = try fields("form")
    }
}

extension Event {
    /// The parts of this event that lie in the blob store and have a preview here; attachments have their names
    /// themselves (`ContentBlock.Attachment.blob`).
    public var blobReferences: [BlobReference] {
        guard payloadBytes.starts(with: Self.beginning) else { return [] }
        let members = try? JSONParser.parse([UInt8(ascii: "{")] + payloadBytes + [UInt8(ascii: "}")])
        return members?[BlobReference.member]?.array?.compactMap { BlobReference(json: $0) } ?? []
    }

    /// All blobs that this event names: of its parts, its attachments, what was left out of its result, and files as they
    /// were.
    public var blobNames: [BlobName] {
        var names = blobReferences.map(\.blob) + (payload.content ?? []).compactMap { $0.attachment?.blob }
        if case .toolCallCompleted(let call) = payload, let file = call.truncated?.file { names.append(file) }
        if case .toolCallStarted(let call) = payload { names += call.places.compactMap(\.snapshot) }
        if case .fileChanged(let change) = payload, let snapshot = change.snapshot { names.append(snapshot) }
        return names.compactMap(BlobName.init)
    }

    /// How the payload of an event with references begins: so one without costs nothing to ask.
    private static let beginning = Array("\"\(BlobReference.member)\":[".utf8)

    /// The same event with more of its payload; the stored bytes stay.
    package func with(_ payload: EventPayload) -> Event {
        let draft = EventDraft(
            payload, bytes: payloadBytes, runID: runID, causeSeq: causeSeq, id: id, timestamp: timestamp,
            schema: schema)
        return Event(
            draft, sessionID: sessionID, seq: seq, firstSeq: firstSeq, hash: hash, isErased: isErased)
    }
}

/// A JSON Pointer as its steps.
struct JSONPointer {
    let steps: [String]

    init(_ steps: [String]) { self.steps = steps }

    init(_ text: String) {
        steps = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    var text: String {
        steps.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    /// The value with another at this place; nil when there is no such place in it.
    func replacing(in value: JSONValue, with new: JSONValue) -> JSONValue? {
        Self.replace(steps[...], in: value, with: new)
    }

    private static func replace(_ steps: ArraySlice<String>, in value: JSONValue, with new: JSONValue) -> JSONValue? {
        guard let step = steps.first else { return new }
        switch value {
        case .object(var object):
            guard let old = object[step], let changed = replace(steps.dropFirst(), in: old, with: new) else {
                return nil
            }
            object[step] = changed
            return .object(object)
        case .array(var elements):
            guard let index = Int(step), elements.indices.contains(index),
                let changed = replace(steps.dropFirst(), in: elements[index], with: new)
            else { return nil }
            elements[index] = changed
            return .array(elements)
        case .null, .bool, .number, .string: return nil
        }
    }
}
