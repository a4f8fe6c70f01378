import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// `read_file` at its edges.
@Suite struct ReadFileTests {
    @Test(arguments: [
        ("", "(the file is empty)"), ("\n", "1\t"), ("a", "1\ta"), ("a\n", "1\ta"), ("a\n\n", "1\ta\n2\t"),
        ("a\r\nb\r\n", "1\ta\n2\tb"), ("a\rb\n", "1\ta\rb"), ("\u{FEFF}a\n", "1\t\u{FEFF}a"),
        // Other programs count none of these as the end of a line, and neither may the numbers here.
        ("a\u{0C}b\u{2028}c\u{85}d\u{0B}e\n", "1\ta\u{0C}b\u{2028}c\u{85}d\u{0B}e"),
        ("a\n\u{301}b\n", "1\ta\n2\t\u{301}b"),
    ]) func `lines are counted as other programs count them`(_ text: String, _ shown: String) async throws {
        try await Folder.with { folder in
            try folder.write(text, to: "a")
            let read = try await folder.call(.readFile, ["path": "a"])
            #expect(read.utf8.elementsEqual(shown.utf8), "\(read.debugDescription)")
        }
    }

    @Test(arguments: [
        (1, 2, "1\ta\n2\tb\n(lines 1–2 of 4)"), (3, 1, "3\tc\n(lines 3–3 of 4)"),
        (3, 9, "3\tc\n4\td\n(lines 3–4 of 4)"),
        (1, 4, "1\ta\n2\tb\n3\tc\n4\td"), (5, 1, "(the file has 4 lines, so there is no line 5)"),
        (100_000_000, 1, "(the file has 4 lines, so there is no line 100000000)"),
    ]) func `a range is given with what was left out`(_ first: Int, _ count: Int, _ shown: String) async throws {
        try await Folder.with { folder in
            try folder.write("a\nb\nc\nd", to: "a")
            let input: JSONValue = [
                "path": "a", "from_line": .number(JSONNumber(first)), "line_count": .number(JSONNumber(count)),
            ]
            try #expect(await folder.call(.readFile, input) == shown)
        }
    }

    @Test func `a range outside its limits is refused`() async throws {
        try await Folder.with { folder in
            try folder.write("a", to: "a")
            for input: JSONValue in [
                ["path": "a", "from_line": 0], ["path": "a", "line_count": 2001], ["path": "a", "line_count": -1],
                ["path": "a\0b"], ["path": "a", "lines": 3],
            ] { #expect(await folder.failure(.readFile, input) == "invalid_input") }
        }
    }

    @Test func `no file makes a call give more than its limit`() async throws {
        try await Folder.with { folder in
            let most = ReadFileTool.bytesMax + 200
            try folder.write(String(repeating: "y", count: 1 << 20) + "\nlast\n", to: "wide")
            let wide = try await folder.call(.readFile, ["path": "wide"])
            #expect(wide.utf8.count < ReadFileTool.lineBytesMax + 200)
            #expect(wide.hasSuffix("… (this line has 1048576 bytes)\n2\tlast"))
            // One character of a megabyte is a character.
            try folder.write("a" + String(repeating: "\u{301}", count: 500_000), to: "accents")
            #expect(try await folder.call(.readFile, ["path": "accents"]).utf8.count < most)
            try folder.write(String(repeating: String(repeating: "é", count: 1000) + "\n", count: 1000), to: "long")
            let long = try await folder.call(.readFile, ["path": "long"])
            #expect(long.utf8.count < most && long.hasSuffix(" of 1000)"))
            let next = try #require(long.split(separator: "\n").dropLast().last?.split(separator: "\t").first)
            #expect(long.hasSuffix("(lines 1–\(next) of 1000)"))
        }
    }

    @Test func `what is no text is refused by its kind, however late that shows`() async throws {
        try await Folder.with { folder in
            for (bytes, kind) in [
                ([0x7F, 0x45, 0x4C, 0x46, 2, 0], "ELF program"), (Array("PK\u{3}\u{4}".utf8) + [0xFF], "ZIP archive"),
                ([0x1F, 0x8B, 8], "gzip archive"), ([0x61, 0xFF, 0x62], "not UTF-8; it may be text"),
                ([0xFF, 0xFE, 0x61, 0], "UTF-16 text"),
                (Array("SQLite format 3\0".utf8), "SQLite database"), ([0xED, 0xA0, 0x80], "not UTF-8"),
                ([0x61, 0xFF, 1], "binary data"),
                ([UInt8](repeating: 0x61, count: 9000) + [0], "binary data"),
            ] as [([UInt8], String)] {
                try folder.write(bytes, to: "a")
                let error = await #expect(throws: ToolError.self) { try await folder.call(.readFile, ["path": "a"]) }
                #expect(error?.type == "binary_file" && error?.message.contains(kind) == true)
                #expect(
                    await folder.failure(.editFile, ["path": "a", "old_text": "a", "new_text": "b"]) == "binary_file")
            }
        }
    }

    @Test func `a file too large for memory, and one in a circle of links, are refused`() async throws {
        try await Folder.with { folder in
            try folder.write("", to: "sparse")
            truncate(folder.path + "/sparse", Int(FileEntry.bytesMax) + 1)
            #expect(await folder.failure(.readFile, ["path": "sparse"]) == "too_large")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/circle", withDestinationPath: "circle")
            #expect(await folder.failure(.readFile, ["path": "circle"]) == "unknown_place")
            #expect(await folder.failure(.writeFile, ["path": "circle", "content": ""]) == "unknown_place")
        }
    }

    @Test func `paths start in the folder, in the home, or at the root`() async throws {
        try await Folder.with { folder in
            try folder.write("home", to: "home/x")
            try folder.write("here", to: "x")
            for (path, text) in [("x", "here"), ("./a/../x", "here"), ("~/x", "home"), (folder.path + "/x", "here")] {
                try #expect(await folder.call(.readFile, ["path": .string(path)]) == "1\t\(text)", "\(path)")
            }
        }
    }
}
