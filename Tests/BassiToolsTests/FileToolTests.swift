import BassiEvents
import BassiTools
import Foundation
import Testing

/// The file tools on real files.
@Suite struct FileToolTests {
    @Test func `a file is read with line numbers, in parts, and what is left out is said`() async throws {
        try await Folder.with { folder in
            try folder.write("one\r\ntwo\nthree", to: "a.txt")
            try #expect(await folder.call(.readFile, ["path": "a.txt"]) == "1\tone\n2\ttwo\n3\tthree")
            try #expect(
                await folder.call(.readFile, ["path": "a.txt", "from_line": 2, "line_count": 1])
                    == "2\ttwo\n(lines 2–2 of 3)")
            try folder.write("", to: "empty")
            try #expect(await folder.call(.readFile, ["path": "empty"]) == "(the file is empty)")
            try folder.write(String(repeating: "x\n", count: 3000), to: "long")
            try #expect(await folder.call(.readFile, ["path": "long"]).hasSuffix("2000\tx\n(lines 1–2000 of 3000)"))
            try folder.write(String(repeating: "y", count: 1 << 20), to: "wide")
            try #expect(await folder.call(.readFile, ["path": "wide"]).utf8.count < 300_000)
        }
    }

    @Test func `what is no text is refused by its kind, and no pipe or device hangs a call`() async throws {
        try await Folder.with { folder in
            try folder.write([0x7F, 0x45, 0x4C, 0x46, 0, 1], to: "program")
            try folder.write([0x61, 0xFF, 0x62], to: "latin")
            mkfifo(folder.path + "/pipe", 0o600)
            for (path, type) in [
                ("program", "binary_file"), ("latin", "binary_file"), ("pipe", "not_a_file"), (".", "is_folder"),
                ("/dev/zero", "not_a_file"), ("missing", "not_found"), ("program/x", "not_folder"),
            ] {
                #expect(await folder.failure(.readFile, ["path": .string(path)]) == type, "\(path)")
            }
            try folder.write(Pictures.png.bytes, to: "picture.txt")
            let executor = ToolExecutor(.builtIn)
            let request = try executor.check("t", name: "read_file", input: ["path": "picture.txt"])
            let result = try await executor.execute(request, context: folder.context()).get()
            #expect(
                result.content == [
                    .image(.init(mediaType: "image/png", data: Pictures.png.data, name: "picture.txt"))
                ])
        }
    }

    @Test func `a file is written whole, in new folders, through links, with its mode kept`() async throws {
        try await Folder.with { folder in
            try #expect(
                await folder.call(.writeFile, ["path": "a/b/c.txt", "content": "new\n"])
                    == "Created a/b/c.txt (4 bytes).")
            try #expect(folder.text("a/b/c.txt") == "new\n")
            chmod(folder.path + "/a/b/c.txt", 0o750)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/link", withDestinationPath: folder.path + "/a/b/c.txt")
            _ = try await folder.call(.writeFile, ["path": "link", "content": "through"])
            try #expect(folder.text("a/b/c.txt") == "through")
            var status = stat()
            lstat(folder.path + "/link", &status)
            #expect(status.st_mode & S_IFMT == S_IFLNK)
            stat(folder.path + "/a/b/c.txt", &status)
            #expect(status.st_mode & 0o777 == 0o750)
            // No temporary file is left beside it.
            try #expect(FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b") == ["c.txt"])
            #expect(await folder.failure(.writeFile, ["path": "a/b", "content": ""]) == "is_folder")
            #expect(await folder.failure(.writeFile, ["path": "link/x", "content": ""]) != nil)
        }
    }

    @Test func `a file that somebody else changed is not overwritten`() async throws {
        try await Folder.with { folder in
            let context = folder.context(FileMemory())
            try folder.write("mine", to: "a.txt")
            _ = try await folder.call(.readFile, ["path": "a.txt"], context)
            try folder.write("somebody else's", to: "a.txt")
            #expect(await folder.failure(.writeFile, ["path": "a.txt", "content": "x"], context) == "file_changed")
            let edit: JSONValue = ["path": "a.txt", "old_text": "else", "new_text": "x"]
            #expect(await folder.failure(.editFile, edit, context) == "file_changed")
            _ = try await folder.call(.readFile, ["path": "a.txt"], context)
            _ = try await folder.call(.editFile, edit, context)
            // Its own writes are no change.
            _ = try await folder.call(.writeFile, ["path": "a.txt", "content": "again"], context)
            try #expect(folder.text("a.txt") == "again")
        }
    }

    @Test func `an edit replaces one place or all, and says what is near when there is none`() async throws {
        try await Folder.with { folder in
            func edit(_ old: String, _ new: String, all: Bool = false) -> JSONValue {
                ["path": "a", "old_text": .string(old), "new_text": .string(new), "replace_all": .bool(all)]
            }
            try folder.write("\u{FEFF}a = 1\r\nb = 1\r\n", to: "a")
            _ = try await folder.call(.editFile, edit("a = 1\nb", "a = 2\nb"))
            try #expect(folder.text("a") == "\u{FEFF}a = 2\r\nb = 1\r\n")
            #expect(await folder.failure(.editFile, edit(" = ", ": ")) == "not_unique")
            try #expect(await folder.call(.editFile, edit(" = ", ": ", all: true)) == "Edited a: 2 places.")
            #expect(await folder.failure(.editFile, edit("nothing like it", "x")) == "not_found")
            #expect(await folder.failure(.editFile, edit("b: 1", "b: 1")) == "no_change")
            #expect(await folder.failure(.editFile, edit("", "x")) == "invalid_input")
            do {
                _ = try await folder.call(.editFile, edit("b:  1", "x"))
            } catch { #expect("\(error)".contains("Line 2 is near")) }
        }
    }

    @Test func `listing and finding leave out what git leaves out, as git itself does`() async throws {
        try await Folder.with { folder in
            for name in [
                "a.swift", "b.log", "keep.log", "build/x.o", "src/c.swift", "src/build/y", "src/deep/d.txt",
                "doc/notes.md",
                "doc/private/z.md", "#hash", "foo/bar/baz", "tmp1", "tmpx", "x/tmp2", ".hidden",
            ] { try folder.write("x", to: name) }
            try folder.write(
                "*.log\n!keep.log\n/build\nsrc/deep/\n\\#hash\nfoo/**/baz\ntmp[0-9]  \n# comment\n", to: ".gitignore")
            try folder.write("private/\n", to: "doc/.gitignore")
            _ = try await folder.call(.unconfined, ["command": "git init -q ."])
            let ours = try await folder.call(.findFiles, ["pattern": "**"]).split(separator: "\n")
            let git = try await folder.call(
                .unconfined, ["command": "git ls-files --cached --others --exclude-standard | LC_ALL=C sort"]
            ).split(separator: "\n")
            #expect(Set(ours) == Set(git))
            try #expect(
                await folder.call(.findFiles, ["pattern": "*.swift"]) == "a.swift\nsrc/c.swift")
            try #expect(await folder.call(.findFiles, ["pattern": "src/*.swift"]) == "src/c.swift")
            try #expect(await folder.call(.findFiles, ["pattern": "*.none"]) == "(no file matches)")
            try #expect(await folder.call(.listFiles, ["path": "doc"]) == ".gitignore\nnotes.md")
            try #expect(await folder.call(.listFiles, ["path": "src", "depth": 2]) == "build/\nbuild/y\nc.swift")
            #expect(await folder.failure(.listFiles, ["path": "nowhere"]) == "not_found")
        }
    }

    @Test func `a walk follows no link and stops at its bound`() async throws {
        try await Folder.with { folder in
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: folder.path)
            for number in 0..<1005 { try folder.write("", to: "f/\(number)") }
            try #expect(await folder.call(.listFiles, [:]) == "f/\nloop")
            let long = try await folder.call(.findFiles, ["pattern": "*"]).split(separator: "\n")
            #expect(long.count == 1001 && long.last?.contains("only the first 1000") == true)
        }
    }

    @Test func `a search gives path, line and text, with ripgrep and without`() async throws {
        try await Folder.with { folder in
            try folder.write("alpha\nbeta\ngamma\n", to: "a.txt")
            try folder.write("beta\n", to: "b.md")
            let grepOnly = folder.path + "/bin"
            try FileManager.default.createDirectory(atPath: grepOnly, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: grepOnly + "/grep", withDestinationPath: "/bin/grep")
            for path in ["/usr/bin:/bin", grepOnly] {
                let context = folder.context(environment: ["PATH": path])
                let lines = try await folder.call(.searchFiles, ["pattern": "^bet"], context).split(separator: "\n")
                #expect(Set(lines) == ["a.txt:2:beta", "b.md:1:beta"], "\(path)")
                try #expect(await folder.call(.searchFiles, ["pattern": "nowhere"], context) == "(nothing matches)")
                try #expect(
                    await folder.call(.searchFiles, ["pattern": "bet", "glob": "*.md"], context) == "b.md:1:beta")
                try #expect(await folder.call(.searchFiles, ["pattern": "-x"], context) == "(nothing matches)")
                #expect(await folder.failure(.searchFiles, ["pattern": "("], context) == "failed")
            }
            let around = try await folder.call(.searchFiles, ["pattern": "beta", "path": "a.txt", "context_lines": 1])
            #expect(around.contains("alpha") && around.contains("gamma"))
            try folder.write(String(repeating: "beta\n", count: 300), to: "c.txt")
            try #expect(await folder.call(.searchFiles, ["pattern": "beta", "limit": 3]).hasSuffix("raise limit)"))
        }
    }
}
