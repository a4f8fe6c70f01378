import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// `search_files`: the same with ripgrep and with grep alone, as far as the two agree.
@Suite struct SearchFilesTests {
    /// The tool with time enough for a machine that is busy with other tests.
    private var patient: SearchFilesTool {
        var tool = SearchFilesTool()
        tool.timeLimit = .seconds(300)
        return tool
    }

    /// Runs the body with each of the two programs.
    private func withPrograms(_ body: (Folder, ToolContext, _ program: String) async throws -> Void) async throws {
        for program in ["rg", "grep"] {
            try await Folder.with { bin in
                _ = try await bin.call(
                    .unconfined, ["command": .string("ln -s \"$(command -v \(program))\" \(program)")])
                try await Folder.with { folder in
                    try await body(folder, folder.context(environment: ["PATH": bin.path]), program)
                }
            }
        }
    }

    @Test func `what git would leave out, git's folder, links and binary files are left out, and paths are sorted`()
        async throws
    {
        try await withPrograms { folder, context, program in
            for name in ["b.txt", "a/z.txt", "a/y.log", "c.log", "build/x.txt", ".git/config", ".hidden", "-x"] {
                try folder.write("beta\n", to: name)
            }
            try folder.write("beta\0beta\n", to: "binary")
            try folder.write("*.log\n/build\n", to: ".gitignore")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "/etc")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/to", withDestinationPath: "b.txt")
            mkfifo(folder.path + "/pipe", 0o600)
            let all = "-x:1:beta\n.hidden:1:beta\na/z.txt:1:beta\nb.txt:1:beta"
            try #expect(await folder.call(patient, ["pattern": "beta"], context) == all, "\(program)")
            for (glob, found) in [
                ("*.txt", "a/z.txt:1:beta\nb.txt:1:beta"), ("*.log", "(nothing matches)"), ("*", all),
                ("**/*.txt", "a/z.txt:1:beta\nb.txt:1:beta"), ("*.{txt,log}", "a/z.txt:1:beta\nb.txt:1:beta"),
                ("a/*.txt", "a/z.txt:1:beta"),
            ] {
                let input: JSONValue = ["pattern": "beta", "glob": .string(glob)]
                try #expect(await folder.call(patient, input, context) == found, "\(program) \(glob)")
            }
            for (path, found) in [("a", "a/z.txt:1:beta"), ("b.txt", "b.txt:1:beta"), ("-x", "-x:1:beta")] {
                let input: JSONValue = ["pattern": "beta", "path": .string(path)]
                try #expect(await folder.call(patient, input, context) == found, "\(program) \(path)")
            }
            #expect(await folder.failure(patient, ["pattern": "beta", "path": "nowhere"], context) != nil)
        }
    }

    @Test func `lines with CRLF, long ones and lines around a match are shown as they should be`() async throws {
        try await withPrograms { folder, context, program in
            try folder.write("one\r\ntwo\r\nthree\r\n", to: "a")
            try #expect(
                await folder.call(patient, ["pattern": "t"], context) == "a:2:two\na:3:three", "\(program)")
            try #expect(
                await folder.call(patient, ["pattern": "t", "limit": 1], context).hasSuffix("raise limit)"))
            try #expect(
                await folder.call(patient, ["pattern": "two", "context_lines": 1], context)
                    == "a-1-one\na:2:two\na-3-three", "\(program)")
            try folder.write("x" + String(repeating: "é", count: 5000), to: "b")
            let long = try await folder.call(patient, ["pattern": "^x"], context)
            #expect(long.utf8.count < 700, "\(program)")
        }
    }

    @Test func `a limit cuts, and what was not looked at is said`() async throws {
        try await withPrograms { folder, context, program in
            for number in 100..<110 { try folder.write("beta\nbeta\n", to: "\(number)") }
            let found = try await folder.call(patient, ["pattern": "beta", "limit": 5], context)
            #expect(
                found.hasPrefix("100:1:beta\n100:2:beta\n101:1:beta\n101:2:beta\n102:1:beta\n(15 more"), "\(program)")
            try folder.write(String(repeating: "beta \(String(repeating: "x", count: 400))\n", count: 5000), to: "big")
            let cut = try await folder.call(patient, ["pattern": "beta", "path": "big"], context)
            #expect(cut.contains("(at least "), "\(program)")
        }
    }

    @Test func `more files than one command takes are searched in parts`() async throws {
        try await Folder.with { bin in
            try FileManager.default.createSymbolicLink(
                atPath: bin.path + "/grep", withDestinationPath: "/usr/bin/grep")
            try await Folder.with { folder in
                let name = String(repeating: "n", count: 200)
                for number in 1000..<1600 { try folder.write(number == 1599 ? "beta" : "x", to: "\(number)\(name)") }
                let context = folder.context(environment: ["PATH": bin.path])
                try #expect(await folder.call(patient, ["pattern": "beta"], context) == "1599\(name):1:beta")
            }
        }
    }

    @Test(arguments: ["(", "[", "a{2,1}"]) func `a wrong expression fails with the program's words`(
        _ pattern: String
    ) async throws {
        try await withPrograms { folder, context, program in
            try folder.write("x", to: "a")
            let error = await #expect(throws: ToolError.self, "\(program)") {
                try await folder.call(patient, ["pattern": .string(pattern)], context)
            }
            #expect(error?.type == "failed" && (error?.message.count ?? 0) > 25, "\(program)")
        }
    }

    @Test(arguments: ["-x", "--", "--files", "-e"]) func `an expression that looks like an option is an expression`(
        _ pattern: String
    ) async throws {
        try await withPrograms { folder, context, program in
            try folder.write("a \(pattern) b\n", to: "a")
            try #expect(
                await folder.call(patient, ["pattern": .string(pattern)], context) == "a:1:a \(pattern) b",
                "\(program)")
        }
    }

    @Test func `what was found counts also when a part could not be searched`() async throws {
        try await Folder.with { folder in
            try folder.write("beta\n", to: "a")
            try folder.write("#!/bin/sh\nprintf './a\\0001:beta\\n'; echo 'b: denied' >&2; exit 2\n", to: "bin/rg")
            chmod(folder.path + "/bin/rg", 0o700)
            let context = folder.context(environment: ["PATH": folder.path + "/bin"])
            try #expect(
                await folder.call(patient, ["pattern": "beta"], context)
                    == "a:1:beta\n(not everything could be searched: b: denied)")
            let bare = folder.context(environment: ["PATH": "/nowhere"])
            #expect(await folder.failure(patient, ["pattern": "beta"], bare) == "not_available")
        }
    }

    @Test func `both programs read an expression as the same`() async throws {
        let text = """
            id=42
            d
            a.b-c
            x	y
            [brackets]
            back\\slash
            foobar foo_bar
            ^caret $1 ünï
            { a: "b" }
            a-z

            """
        let patterns = [
            #"\d+"#, #"id=\d{2}"#, #"^\D$"#, #"[\d]"#, #"[\w.]+-"#, #"[^\s\w]"#, #"\tx?y"#, #"x[\t]y"#, #"[\]]"#,
            #"\[.*\]"#,
            #"[\[\]]"#, #"back\\slash"#, #"[\\]"#, "(?:foo|bar)_", #"\bfoo"#, #"[a\-z]-"#,
            #"[[:alpha:]]\.[[:alpha:]]"#,
            #"[]]"#, #"[^]a-z]$"#, #"\^caret"#, #"[\^]"#, #"\$\d"#, #"\{ a"#, #"a:\s"#, "ü.ï", #"\w+ \w+"#, "[$][(?:1]",
        ]
        var found: [String: [String]] = [:]
        try await withPrograms { folder, context, program in
            try folder.write(text, to: "a")
            for pattern in patterns {
                found[program, default: []].append(
                    try await folder.call(patient, ["pattern": .string(pattern)], context))
            }
        }
        let (ripgrep, grep) = (try #require(found["rg"]), try #require(found["grep"]))
        for (index, pattern) in patterns.enumerated() {
            #expect(ripgrep[index] == grep[index], "\(pattern)")
            #expect(ripgrep[index] != "(nothing matches)", "\(pattern)")
        }
    }

    @Test func `a cancelled search ends as cancelled`() async throws {
        try await Folder.with { folder in
            try folder.write("#!/bin/sh\n: > begun\nwhile :; do :; done\n", to: "bin/rg")
            chmod(folder.path + "/bin/rg", 0o700)
            let context = folder.context(environment: ["PATH": folder.path + "/bin"])
            let failure = await withTaskGroup(of: String?.self) { group in
                group.addTask { await folder.failure(patient, ["pattern": "x"], context) }
                while !FileManager.default.fileExists(atPath: folder.path + "/begun") { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(failure == "cancelled")
        }
    }

    @Test func `a search that takes too long ends`() async throws {
        try await Folder.with { folder in
            try folder.write("#!/bin/sh\nwhile :; do :; done\n", to: "bin/rg")
            chmod(folder.path + "/bin/rg", 0o700)
            var tool = SearchFilesTool()
            tool.timeLimit = .milliseconds(200)
            let context = folder.context(environment: ["PATH": folder.path + "/bin"])
            #expect(await folder.failure(tool, ["pattern": "beta"], context) == "timed_out")
        }
    }

    @Test func `an expression made to take forever ends`() async throws {
        try await withPrograms { folder, context, _ in
            try folder.write(String(repeating: "a", count: 5000) + "\n", to: "a")
            for pattern in ["(a+)+b", "(a|aa)+$b", "(.*)*(.*)*(.*)*x"] {
                try #expect(await folder.call(patient, ["pattern": .string(pattern)], context) == "(nothing matches)")
            }
        }
    }
}
