import BassiEvents
import BassiPermissions
import Foundation
import Testing

@testable import BassiTools

/// What no file tool may fall for: each row against each tool.
@Suite struct BadInputTests {
    private static let tools: [(tool: any Tool, input: JSONObject)] = [
        (.readFile, [:]), (.writeFile, ["content": "x"]), (.editFile, ["old_text": "a", "new_text": "b"]),
        (.listFiles, [:]), (.findFiles, ["pattern": "*"]), (.searchFiles, ["pattern": "a"]),
    ]

    private func input(_ members: JSONObject, _ path: String) -> JSONValue {
        var input = members
        input["path"] = .string(path)
        return .object(input)
    }

    /// The types of the errors by the names of the tools; nothing for a tool that succeeds.
    private func failures(_ folder: Folder, _ path: String) async -> [String: String] {
        var failures: [String: String] = [:]
        for (tool, members) in Self.tools {
            failures[tool.name] = await folder.failure(tool, input(members, path))
        }
        return failures
    }

    @Test func `a path outside is asked, and denied where nobody is asked, however it is written`() async throws {
        try await Folder.with { folder in
            try folder.link("out", to: "/etc")
            try folder.write("x", to: "sub/x")
            let executor = ToolExecutor(.builtIn, resolver: folder.resolver)
            for path in ["/etc/passwd", "../x", "sub/../../x", "out/passwd", "out", "~/x/../../../y", "/", "~nobody/x"]
            {
                for (tool, members) in Self.tools {
                    let request = try executor.check("t", name: tool.name, input: input(members, path))
                    for (mode, verdict) in [
                        (PermissionMode.acceptEdits, Decision.Verdict.ask), (.dontAsk, .deny),
                    ] {
                        let policy = PermissionPolicy(
                            mode: mode, rules: RuleSet(), folder: folder.path, home: folder.path + "/home")
                        #expect(policy.decide(request).verdict == verdict, "\(tool.name) \(path) \(mode)")
                    }
                }
            }
        }
    }

    @Test func `a pipe and a device are refused by every tool, at once`() async throws {
        try await Folder.with { folder in
            mkfifo(folder.path + "/pipe", 0o600)
            for path in ["pipe", "/dev/zero", "/dev/tty"] {
                for (name, type) in await failures(folder, path) {
                    let isOfFolders = ["list_files", "find_files"].contains(name)
                    #expect(type == (isOfFolders ? "not_folder" : "not_a_file"), "\(name) \(path)")
                }
                #expect(await failures(folder, path).count == Self.tools.count, "\(path)")
            }
            // They do no harm where they are only met with.
            try #expect(await folder.call(.listFiles, [:]) == "pipe")
            try #expect(await folder.call(.searchFiles, ["pattern": "a"]) == "(nothing matches)")
        }
    }

    @Test func `a sparse file of ten gigabytes costs no memory and no time`() async throws {
        try await Folder.with { folder in
            try folder.write("", to: "sparse")
            #expect(truncate(folder.path + "/sparse", 10 << 30) == 0)
            #expect(await folder.failure(.readFile, ["path": "sparse"]) == "too_large")
            let edit: JSONValue = ["path": "sparse", "old_text": "a", "new_text": "b"]
            #expect(await folder.failure(.editFile, edit) == "too_large")
            try #expect(await folder.call(.searchFiles, ["pattern": "a"]) == "(nothing matches)")
            // What is too large to be read can be replaced.
            #expect(await folder.failure(.writeFile, ["path": "sparse", "content": "x"]) == nil)
            try #expect(folder.text("sparse") == "x")
        }
    }

    @Test func `a folder is no file, and a file is no folder`() async throws {
        try await Folder.with { folder in
            try folder.write("a", to: "sub/file")
            let ofFolder = await failures(folder, "sub")
            #expect(ofFolder == ["read_file": "is_folder", "write_file": "is_folder", "edit_file": "is_folder"])
            let ofFile = await failures(folder, "sub/file")
            #expect(ofFile == ["list_files": "not_folder", "find_files": "not_folder", "edit_file": "not_found"])
        }
    }

    @Test func `a path of a megabyte and one with a zero byte are errors of a readable length`() async throws {
        try await Folder.with { folder in
            for (path, type) in [
                (String(repeating: "x", count: 1 << 20), "unknown_place"),
                (String(repeating: "x/", count: 1 << 19), "unknown_place"), ("a\0b", "invalid_input"),
                (String(repeating: "\0", count: 1 << 20), "invalid_input"),
            ] {
                for (tool, members) in Self.tools {
                    do {
                        _ = try await folder.call(tool, input(members, path))
                        Issue.record("\(tool.name) took it")
                    } catch {
                        let error = try #require(error as? ToolError)
                        #expect(error.type == type, "\(tool.name)")
                        #expect(error.message.utf8.count < 2000, "\(tool.name)")
                    }
                }
            }
            try #expect(FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func `a binary is neither read nor edited as text, and no search shows it`() async throws {
        try await Folder.with { folder in
            try folder.write([0x7F, 0x45, 0x4C, 0x46, 0, 0x61], to: "program")
            #expect(await folder.failure(.readFile, ["path": "program"]) == "binary_file")
            let edit: JSONValue = ["path": "program", "old_text": "a", "new_text": "b"]
            #expect(await folder.failure(.editFile, edit) == "binary_file")
            try #expect(await folder.call(.searchFiles, ["pattern": "a"]) == "(nothing matches)")
        }
    }

    @Test func `a name that is no text is listed, found and searched, in both programs`() async throws {
        try await Folder.with { folder in
            _ = try await folder.call(.unconfined, ["command": "printf 'alpha\\n' > $'\\xff\\xfe'"])
            try #expect(await folder.call(.listFiles, [:]).utf8.count == 6)
            try #expect(await folder.call(.findFiles, ["pattern": "*"]).utf8.count == 6)
            let found = try await folder.call(.searchFiles, ["pattern": "alpha"])
            #expect(found.hasSuffix(":1:alpha"), "\(found)")
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root reads every file"))
    func `a file that may not be read says so, and may still be replaced where its folder may be written`()
        async throws
    {
        try await Folder.with { folder in
            try folder.write("a", to: "secret")
            chmod(folder.path + "/secret", 0)
            let failures = await failures(folder, "secret")
            #expect(failures["read_file"] == "not_permitted" && failures["edit_file"] == "not_permitted")
            #expect(failures["write_file"] == nil)
        }
    }
}
