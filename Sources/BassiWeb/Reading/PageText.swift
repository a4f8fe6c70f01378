import BassiEvents
import BassiTools
import Foundation

/// Makes of an answer what the model reads.
enum PageText {
    /// Bytes of Markdown that a page may become: more than its own, since short references become long addresses.
    static let markdownBytesMax = 8 << 20
    /// Characters of the body of an error that the model gets.
    static let excerptCharactersMax = 2000

    /// What the model reads of an answer.
    ///
    /// - Throws: ``ToolError`` `binary_content`, `binary_file`, `too_large`, or `http_status` with an excerpt.
    static func result(of page: WebPage, isCancelled: () -> Bool) throws -> ToolResult {
        guard (200..<300).contains(page.status) else { throw failure(of: page, isCancelled) }
        let type = MediaType(page.contentType)
        switch type.form(of: page.bytes, isCut: page.isCut) {
        case .page, .text: return clipped(try text(of: page, type, isCancelled), page)
        case .attachment(let mediaType):
            guard !page.isCut else {
                throw ToolError(
                    "too_large", "\(page.address) (\(mediaType)) has more than \(page.bytes.count) bytes")
            }
            let name = page.address.path.prefix { $0 != "?" }.split(separator: "/").last.map(String.init)
            return ToolResult([try Attachments.block(of: page.bytes, named: name ?? "file")].compactMap(\.self))
        case .binary(let kind):
            throw ToolError(
                "binary_content",
                "\(page.address) is no text (\(kind), \(page.isCut ? "more than " : "")\(page.bytes.count) bytes)")
        }
    }

    private static func text(of page: WebPage, _ type: MediaType, _ isCancelled: () -> Bool) throws -> String {
        let (text, unknown) = Charset.decode(page.bytes, header: type.charset, isCut: page.isCut)
        var notes: [String] = []
        if let unknown {
            notes.append("(the encoding '\(unknown.prefix(40))' is not known here: letters may be wrong)")
        }
        var body: String
        if type.form(of: page.bytes, isCut: page.isCut) == .page {
            let document = MarkdownDocument(
                html: text, address: page.address, bytesMax: markdownBytesMax, isCancelled: isCancelled)
            if isCancelled() { throw CancellationError() }
            body = document.text
            if let title = document.title { body = "Title: \(title)\nAddress: \(page.address)\n\n" + body }
            if document.isCut { notes.append("(the page has more, which was left out)") }
        } else {
            body = text
        }
        if body.utf8.contains(0) { body = body.replacing("\0", with: "\u{FFFD}") }
        if page.isCut { notes.append("(only the first \(page.bytes.count) bytes of the answer were read)") }
        return ([body.isEmpty ? "(the answer is empty)" : body] + notes).joined(separator: "\n\n")
    }

    /// The beginning of a long text, at the end of a line where one is near; all of it is kept for people.
    private static func clipped(_ text: String, _ page: WebPage) -> ToolResult {
        let scalars = text.unicodeScalars
        guard
            let end = scalars.index(
                scalars.startIndex, offsetBy: WebSettings.resultCharactersMax, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return .text(text) }
        var kept = scalars[..<end]
        if let line = kept.lastIndex(of: "\n"), scalars.distance(from: line, to: end) < 2000 { kept = scalars[..<line] }
        let keptText = String(String.UnicodeScalarView(kept))
        let total = scalars.count
        let note =
            "\n\n[… the first \(kept.count) of \(total) characters; the rest was left out. A more exact address, or a "
            + "page of this one, may have it …]"
        return ToolResult(
            [.text(keptText + note)],
            truncated: Truncation(totalBytes: text.utf8.count, keptBytes: keptText.utf8.count), whole: text)
    }

    private static func failure(of page: WebPage, _ isCancelled: () -> Bool) -> ToolError {
        let known = [
            400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            406: "Not Acceptable", 410: "Gone", 429: "Too Many Requests", 500: "Internal Server Error",
            502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
        ]
        let sentence = "\(page.address) answered with \(page.status)" + (known[page.status].map { " \($0)" } ?? "")
        let type = MediaType(page.contentType)
        var partial: [ContentBlock] = []
        switch type.form(of: page.bytes, isCut: page.isCut) {
        case .page, .text:
            if !page.bytes.isEmpty, let text = try? text(of: page, type, isCancelled) {
                partial = [.text(String(String.UnicodeScalarView(text.unicodeScalars.prefix(excerptCharactersMax))))]
            }
        case .attachment, .binary: break
        }
        return ToolError("http_status", sentence, partial: partial)
    }
}
