import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// Small ones that are whole, each 3 × 2 pixels.
struct Pictures {
    let type: String
    let data: String
    var bytes: [UInt8] { Array(Data(base64Encoded: data) ?? Data()) }

    static let png = Pictures(
        type: "image/png",
        data: "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP8zwAFTDAGAwATKQED8NgHhAAAAABJRU5ErkJggg==")
    static let all = [
        png,
        Pictures(type: "image/gif", data: "R0lGODdhAwACAIEAAP8AAAAAAAAAAAAAACwAAAAAAwACAAAIBgABCBwYEAA7"),
        Pictures(
            type: "image/webp",
            data: "UklGRjQAAABXRUJQVlA4ICgAAABwAQCdASoDAAIACQCsJaACdAFAAAD+4cN4Nkim5H/wQX9Dn9beIAAA"),
        Pictures(type: "image/webp", data: "UklGRhwAAABXRUJQVlA4TA8AAAAvAkAAAAcQ/Y/+ByKi/wEA"),
        Pictures(
            type: "image/webp",
            data: "UklGRkYAAABXRUJQVlA4WAoAAAAQAAAAAgAAAQAAQUxQSAcAAAAAY2NjY2NjAFZQOCAYAAAAMAEAnQEqAwACAAkArCWk"
                + "AANwAP7uoEAA"),
        // Baseline, then progressive.
        jpeg("/8AACwgAAgADAQERAP/EABQAAQAAAAAAAAAAAAAAAAAAAAL/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AE//2Q=="),
        jpeg("/8IACwgAAgADAQERAP/EABQAAQAAAAAAAAAAAAAAAAAAAAH/2Q=="),
    ]

    /// A JPEG with the parts of this behind its first ones.
    private static func jpeg(_ rest: String) -> Pictures {
        let head: [UInt8] =
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]
            + [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 0xFF, count: 64)
        let bytes = Data(head) + (Data(base64Encoded: rest) ?? Data())
        return Pictures(type: "image/jpeg", data: bytes.base64EncodedString())
    }
}

/// Pictures and PDFs are blocks, by what they are and not by their name; what no model would take is refused here.
@Suite struct PictureTests {
    @Test func `a picture is read as its type, whatever its name`() async throws {
        try await Folder.with { folder in
            for picture in Pictures.all {
                try folder.write(picture.bytes, to: "sub/picture.txt")
                #expect(PictureSize(of: picture.bytes).map { [$0.width, $0.height] } == [3, 2], "\(picture)")
                let block = ContentBlock.image(
                    .init(mediaType: picture.type, data: picture.data, name: "picture.txt"))
                #expect(try await content(folder) == [block], "\(picture)")
            }
            // A text is a text under any name.
            try folder.write("GIF8 is no picture\n", to: "sub/picture.txt")
            #expect(try await content(folder) == [.text("1\tGIF8 is no picture")])
        }
    }

    @Test func `a PDF is a document, up to its limit`() async throws {
        try await Folder.with { folder in
            let pdf = Array("%PDF-1.7\n%\u{E2}".utf8)
            try folder.write(pdf, to: "sub/picture.txt")
            let document = ContentBlock.Attachment(
                mediaType: "application/pdf", data: Data(pdf).base64EncodedString(), name: "picture.txt")
            #expect(try await content(folder) == [.document(document)])
            let room = Attachments.documentBytesMax - pdf.count
            try folder.write(pdf + [UInt8](repeating: 0, count: room), to: "most.pdf")
            #expect(await folder.failure(.readFile, ["path": "most.pdf"]) == nil)
            try folder.write(pdf + [UInt8](repeating: 0, count: room + 1), to: "big.pdf")
            #expect(await folder.failure(.readFile, ["path": "big.pdf"]) == "too_large")
        }
    }

    @Test func `a picture that a provider would refuse is refused when it is read, and says why`() async throws {
        try await Folder.with { folder in
            func message(_ bytes: [UInt8]) async throws -> String? {
                try folder.write(bytes, to: "a.png")
                let error = await #expect(throws: ToolError.self) {
                    _ = try await folder.call(.readFile, ["path": "a.png"])
                }
                return error?.message
            }
            let png = Pictures.png.bytes
            let room = Attachments.pictureBytesMax - png.count
            try folder.write(png + [UInt8](repeating: 0, count: room), to: "most.png")
            #expect(await folder.failure(.readFile, ["path": "most.png"]) == nil)
            // 5 MiB of base64 and not one byte more.
            #expect(Data(png + [UInt8](repeating: 0, count: room)).base64EncodedString().utf8.count == 5 << 20)
            let large = try await message(png + [UInt8](repeating: 0, count: room + 1))
            #expect(large == "'a.png' (PNG picture) has 3932161 bytes, more than 3932160: make it smaller")
            var wide = png
            wide.replaceSubrange(16..<20, with: [0, 0, 0x1F, 0x41])
            try #expect(await message(wide)?.contains("8001 × 2 pixels") == true)
            for picture in Pictures.all {
                let cut = try await message(Array(picture.bytes.prefix(picture.type == "image/gif" ? 9 : 15)))
                #expect(cut?.contains("is not whole") == true, "\(picture): \(cut ?? "")")
                let late = try await message(picture.bytes.dropLast(picture.type == "image/png" ? 8 : 1))
                #expect(late?.contains("is cut off") == true, "\(picture): \(late ?? "")")
            }
        }
    }

    @Test func `a header that is cut anywhere gives no size and no crash`() {
        for picture in Pictures.all {
            for count in 0...picture.bytes.count {
                let size = PictureSize(of: Array(picture.bytes.prefix(count)))
                #expect(size == nil || [size?.width, size?.height] == [3, 2], "\(picture.type) cut at \(count)")
            }
        }
    }

    private func content(_ folder: Folder) async throws -> [ContentBlock] {
        try await ReadFileTool().call(["path": "sub/picture.txt"], context: folder.context()).content
    }
}
