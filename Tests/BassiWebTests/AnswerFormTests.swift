import BassiEvents
import BassiModels
import BassiTools
import Testing

@testable import BassiWeb

/// What becomes of an answer by its type, its bytes and its encoding.
@Suite struct AnswerFormTests {
    private func show(_ type: String?, _ bytes: [UInt8]) async -> Result<ToolResult, ToolError> {
        let headers = type.map { [HTTPField("content-type", $0)] } ?? []
        return await fetch("http://a.org/f", FakeWeb(["http://a.org/f": .init(headers: headers, body: bytes)]))
    }

    @Test(
        arguments: [
            ("application/json", "{\"a\": \"<b>\"}"), ("text/plain", "<b>x</b>"),
            ("text/markdown; charset=utf-8", "# x"),
            ("application/vnd.api+json", "[]"), ("application/octet-stream", "plain"), (nil, "x < y"),
            ("image/svg+xml", "<svg/>"),
        ] as [(String?, String)])
    func `a text is given as it is`(type: String?, text: String) async {
        #expect(await show(type, Array(text.utf8)).text == text)
    }

    @Test func `a page is known by its beginning where nobody says that it is one`() async {
        #expect(await show(nil, Array(" <!DOCTYPE html><p>x".utf8)).text?.hasSuffix("x") == true)
        #expect(await show("application/octet-stream", Array("<html>x".utf8)).text?.hasSuffix("x") == true)
    }

    @Test func `a picture and a PDF come as blocks, whatever they are said to be`() async throws {
        let png = Self.png(width: 2, height: 3)
        guard case .image(let picture)? = try await show("text/html", png).get().content.first else {
            Issue.record("no picture")
            return
        }
        #expect(picture.mediaType == "image/png" && picture.name == "f")
        guard case .document? = try await show("application/pdf", Array("%PDF-1.7".utf8)).get().content.first else {
            Issue.record("no document")
            return
        }
    }

    @Test func `a picture that a provider would refuse is refused`() async {
        #expect(await show("image/png", Self.png(width: 9000, height: 3)).error?.type == "too_large")
        #expect(await show("image/png", Array(Self.png(width: 2, height: 3).prefix(20))).error?.type == "binary_file")
    }

    /// A PNG picture that says its size and has nothing to show.
    private static func png(width: UInt16, height: UInt16) -> [UInt8] {
        let size = [0, 0, UInt8(width >> 8), UInt8(width & 0xFF), 0, 0, UInt8(height >> 8), UInt8(height & 0xFF)]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + size
            + [8, 2, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]
    }

    @Test func `a picture that is cut is refused`() async {
        var settings = WebSettings()
        settings.bodyBytesMax = 20
        let page = FakeWeb.Page(body: Self.png(width: 2, height: 3))
        let result = await fetch("http://a.org/f", FakeWeb(["http://a.org/f": page]), settings: settings)
        #expect(result.error?.type == "too_large")
    }

    @Test(
        arguments: [
            ("application/zip", Array("PK\u{3}\u{4}x".utf8), "ZIP archive, application/zip"),
            ("video/mp4", [0, 0, 0, 1], "video/mp4"), (nil, [0, 1, 2], "binary data"),
            ("application/octet-stream", [0x7F, 0x45, 0x4C, 0x46], "ELF program"),
        ] as [(String?, [UInt8], String)])
    func `other bytes are refused with their type`(type: String?, bytes: [UInt8], kind: String) async {
        let error = await show(type, bytes).error
        #expect(error?.type == "binary_content" && error?.message.contains("(\(kind), \(bytes.count) bytes)") == true)
    }

    @Test func `an encoding of the body that was not asked for is refused`() async {
        let page = FakeWeb.Page(headers: [HTTPField("Content-Encoding", "br")], body: [1])
        #expect(
            await fetch("http://a.org/", FakeWeb(["http://a.org/": page])).error?.type == "unsupported_encoding")
    }

    @Test(
        arguments: [
            ([0xE4, 0x20, 0x80], nil, "ä €"), ([0x43, 0x61, 0x66, 0xE9], nil, "Café"), ([0xE4], "iso-8859-1", "ä"),
            ([0xA4], "ISO-8859-15", "€"),
            ([0xC3, 0xA4], nil, "ä"), ([0xC3, 0xA4], "utf-8", "ä"), ([0xC3], "utf-8", "\u{FFFD}"),
            ([0xEF, 0xBB, 0xBF, 0x61], "windows-1252", "a"), ([0xFF, 0xFE, 0x61, 0x00], nil, "a"),
            ([0xFE, 0xFF, 0x00, 0x61], nil, "a"), ([0xCF, 0xF0, 0xE8], "windows-1251", "При"),
            ([0xF0, 0xD2], "koi8-r", "Пр"), ([0xB1], "iso-8859-2", "ą"), ([0x93, 0x94], "cp1252", "“”"),
            (Array("<meta charset=windows-1251>".utf8) + [0xCF], nil, "<meta charset=windows-1251>П"),
            (
                Array("<meta http-equiv=a content='text/html; charset=koi8-r'>".utf8) + [0xF0], nil,
                "<meta http-equiv=a content='text/html; charset=koi8-r'>П"
            ),
            (Array("<?xml encoding=\"latin1\"?>".utf8) + [0xE4], nil, "<?xml encoding=\"latin1\"?>ä"),
            (Array("<meta charset=utf-16>ä".utf8), nil, "<meta charset=utf-16>ä"),
        ] as [([UInt8], String?, String)])
    func `bytes become letters by the mark, the header, the page's word, or a guess`(
        bytes: [UInt8], header: String?, text: String
    ) {
        let decoded = Charset.decode(bytes, header: header)
        #expect(decoded.text == text && decoded.unknown == nil)
    }

    @Test func `a character that the limit cuts does not make another encoding of a text`() {
        let bytes = Array(Array("äää".utf8).dropLast())
        #expect(Charset.decode(bytes, header: nil, isCut: true).text == "ää\u{FFFD}")
        #expect(Charset.decode(bytes, header: nil).text == "Ã¤Ã¤Ã")
    }

    @Test func `an encoding that is not known is said`() async {
        let text = await show("text/plain; charset=\"x-unheard\"", Array("abc".utf8)).text
        #expect(text == "abc\n\n(the encoding 'x-unheard' is not known here: letters may be wrong)")
    }
}
