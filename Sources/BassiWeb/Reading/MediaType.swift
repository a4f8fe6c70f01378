import BassiModels
import BassiTools

/// What an answer says that it is, and what its bytes say.
struct MediaType: Equatable {
    /// `text/html`, in lower case; empty where the answer says nothing.
    let name: String
    /// The encoding that the answer names.
    let charset: String?

    init(_ field: String?) {
        let parts = (field ?? "").prefix(1000).split(separator: ";", omittingEmptySubsequences: false)
        name = (parts.first?.trimmed ?? "").lowercased()
        let found = parts.dropFirst().first { $0.trimmed.lowercased().hasPrefix("charset=") }
        charset = found.map { part in
            String(part.trimmed.dropFirst("charset=".count)).filter { $0 != "\"" && $0 != "'" && $0 != " " }
        }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// How an answer is shown.
    enum Form: Equatable {
        /// As Markdown.
        case page
        /// As it is.
        case text
        /// As a block that the model looks at, of this type.
        case attachment(String)
        /// Not at all; this is what it is.
        case binary(String)
    }

    /// The bytes decide where the type says nothing or little; what is no text is never shown as one.
    func form(of bytes: [UInt8], isCut: Bool) -> Form {
        if let attachment = FileKind.attachmentType(of: bytes) { return .attachment(attachment) }
        let isPage = name == "text/html" || name == "application/xhtml+xml"
        if isPage || (saysNothing && Self.looksLikePage(bytes)) { return .page }
        if isText || (saysNothing && Self.looksLikeText(bytes, isCut: isCut)) { return .text }
        let kind = FileKind.name(of: bytes)
        return .binary(saysNothing ? kind : kind == "binary data" ? name : "\(kind), \(name)")
    }

    private var saysNothing: Bool {
        ["", "application/octet-stream", "binary/octet-stream", "application/x-unknown"].contains(name)
    }

    private var isText: Bool {
        if name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml") || name.hasSuffix("+yaml") {
            return true
        }
        return [
            "application/json", "application/xml", "application/javascript", "application/ecmascript",
            "application/x-javascript", "application/yaml", "application/x-yaml", "application/toml",
            "application/x-sh", "application/x-ndjson", "application/jsonl", "application/sql", "application/graphql",
            "application/x-httpd-php", "application/x-tex", "application/rtf", "application/x-subrip",
        ].contains(name)
    }

    private static func looksLikePage(_ bytes: [UInt8]) -> Bool {
        let head = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased().drop { $0.isWhitespace }
        return head.hasPrefix("<!doctype html") || head.hasPrefix("<html") || head.hasPrefix("<head")
    }

    private static func looksLikeText(_ bytes: [UInt8], isCut: Bool) -> Bool {
        FileKind.name(of: bytes) == "binary data" && !bytes.contains(0) && Charset.isUTF8(bytes, isCut: isCut)
    }
}
