/// A page as Markdown.
///
/// The work is one pass with a stack of bounded depth, so that no page is too deep or takes more than time in proportion
/// to its length. Text is not escaped for a second reading as Markdown: the reader is a model.
struct MarkdownDocument {
    /// The text.
    let text: String
    /// The page's title, in one line.
    let title: String?
    /// Whether the end was left out, for want of room.
    let isCut: Bool

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - bytesMax: Bytes of Markdown after which no more is made.
    ///   - isCancelled: Asked now and then; the text is cut when it says yes.
    init(html: String, address: WebAddress, bytesMax: Int = 8 << 20, isCancelled: () -> Bool = { false }) {
        var reader = HTMLReader(Array(html.utf8), address: address)
        let isWhole = reader.read(bytesMax: bytesMax, isCancelled: isCancelled)
        text = String(decoding: reader.writer.text, as: UTF8.self)
        title = reader.title
        isCut = !isWhole
    }
}
