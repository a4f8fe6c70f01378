/// A piece of a prompt or of a tool's result.
public enum ContentBlock: JSONCodable, Equatable {
    /// Plain text.
    case text(String)
    /// A picture.
    case image(Attachment)
    /// A document, such as a PDF.
    case document(Attachment)
    /// A block of a kind that this build does not know; it comes out as it went in.
    case other(JSONObject)

    /// Bytes with their type. Large ones lie in the blob store and only their name is here.
    public struct Attachment: JSONRecord {
        /// The media type, `image/png`.
        public let mediaType: String
        /// The bytes in base64; nil when they lie in the blob store.
        public let data: String?
        /// The name in the session's blob folder; nil when the bytes are here.
        public let blob: String?
        /// What the person calls it.
        public let name: String?

        /// An attachment.
        public init(mediaType: String, data: String? = nil, blob: String? = nil, name: String? = nil) {
            self.mediaType = mediaType
            self.data = data
            self.blob = blob
            self.name = name
        }

        /// Writes the members.
        public func write(to fields: inout FieldWriter) {
            fields("media_type", mediaType)
            fields("data", data)
            fields("blob", blob)
            fields("name", name)
        }

        /// Reads the members.
        public init(from fields: FieldReader) throws {
            mediaType = try fields("media_type")
            data = try fields.optional("data")
            blob = try fields.optional("blob")
            name = try fields.optional("name")
        }
    }

    /// A block of content.
    public static var expectation: String { "content block" }

    /// Writes the block as an object with its `type` first.
    public func write(to json: inout JSONWriter) {
        if case .other(let object) = self { return json.write(object) }
        json.raw("{")
        var fields = FieldWriter(json: json)
        switch self {
        case .text(let text):
            fields("type", "text")
            fields("text", text)
        case .image(let attachment):
            fields("type", "image")
            attachment.write(to: &fields)
        case .document(let attachment):
            fields("type", "document")
            attachment.write(to: &fields)
        case .other: break
        }
        json = fields.json
        json.raw("}")
    }

    /// Reads a block.
    public init?(json: JSONValue) {
        guard let object = json.object, let type = object["type"]?.string else { return nil }
        switch type {
        case "text":
            guard let text = object["text"]?.string else { return nil }
            self = .text(text)
        case "image", "document":
            guard let attachment = Attachment(json: json) else { return nil }
            self = type == "image" ? .image(attachment) : .document(attachment)
        default: self = .other(object)
        }
    }

    /// The text, if this is text.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
}
