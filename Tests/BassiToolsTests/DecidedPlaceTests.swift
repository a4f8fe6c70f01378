import BassiEvents
import BassiPermissions
import Foundation
import Testing

@testable import BassiTools

/// What was decided about is what is opened: a link that comes in between leads nowhere.
@Suite struct DecidedPlaceTests {
    /// Decides about a call, changes the folder, then runs the call.
    private func run(
        _ tool: any Tool, _ input: JSONValue, in folder: Folder, _ context: ToolContext? = nil,
        between: () throws -> Void
    ) async throws -> Result<ToolResult, ToolError> {
        let executor = ToolExecutor(ToolRegistry([tool]), resolver: folder.resolver)
        let request = try executor.check("t", name: tool.name, input: input)
        let policy = PermissionPolicy(
            mode: .acceptEdits, rules: RuleSet(), folder: folder.path, home: folder.path + "/home")
        try #require(policy.decide(request).verdict == .allow)
        try between()
        return await executor.execute(request, context: context ?? folder.context())
    }

    private static let tools: [(any Tool, JSONObject)] = [
        (.readFile, [:]), (.writeFile, ["content": "x"]), (.editFile, ["old_text": "inside", "new_text": "x"]),
        (.listFiles, [:]), (.findFiles, ["pattern": "*"]), (.searchFiles, ["pattern": "side"]),
    ]

    /// A folder `sub` with a file, and one beside the session's folder with a file of the same name.
    private func withTwoFolders(_ body: (Folder, _ outside: String) async throws -> Void) async throws {
        try await Folder.with { outside in
            try outside.write("outside", to: "sub/file")
            try await Folder.with { folder in
                try folder.write("inside", to: "sub/file")
                try await body(folder, outside.path + "/sub")
            }
            try #expect(outside.text("sub/file") == "outside")
            try #expect(FileManager.default.contentsOfDirectory(atPath: outside.path + "/sub") == ["file"])
        }
    }

    @Test func `a folder or file that becomes a link after the decision is not followed, by any tool`() async throws {
        for (tool, members) in Self.tools {
            let isOfFolder = ["list_files", "find_files"].contains(tool.name)
            for swapsFolder in isOfFolder ? [true] : [true, false] {
                try await withTwoFolders { folder, outside in
                    var input = members
                    input["path"] = .string(isOfFolder ? "sub" : "sub/file")
                    let result = try await run(tool, .object(input), in: folder) {
                        let name = folder.path + (swapsFolder ? "/sub" : "/sub/file")
                        #expect(rename(name, folder.path + "/moved") == 0)
                        #expect(symlink(outside + (swapsFolder ? "" : "/file"), name) == 0)
                    }
                    guard case .failure(let error) = result else {
                        Issue.record("\(tool.name) went through the link: \(result)")
                        return
                    }
                    #expect(error.type == "became_a_link", "\(tool.name): \(error)")
                    #expect(error.message.contains("became a link after it was decided about"))
                }
            }
        }
    }

    @Test func `a link that was there before the decision keeps working`() async throws {
        try await withTwoFolders { folder, outside in
            try folder.link("to", to: "sub")
            for (tool, members) in Self.tools {
                var input = members
                input["path"] = .string(["list_files", "find_files"].contains(tool.name) ? "to" : "to/file")
                try folder.write("inside", to: "sub/file")
                let result = try await run(tool, .object(input), in: folder) {
                    // It was followed already: where it leads by now means nothing.
                    #expect(unlink(folder.path + "/to") == 0)
                    #expect(symlink(outside, folder.path + "/to") == 0)
                }
                _ = try result.get()
                #expect(unlink(folder.path + "/to") == 0)
                try folder.link("to", to: "sub")
            }
        }
    }

    @Test func `a tool opens no path that was not decided about`() async throws {
        try await withTwoFolders { folder, _ in
            let executor = ToolExecutor(ToolRegistry([.readFile]), resolver: folder.resolver)
            var request = try executor.check("t", name: "read_file", input: ["path": "sub/file"])
            request.input = ["path": "/etc/passwd"]
            let result = await executor.execute(request, context: folder.context())
            #expect(throws: ToolError.self) { try result.get() }
            // Looked at again it is another call.
            let again = try executor.check("t", name: "read_file", input: request.input)
            #expect(again.resolved.map(\.place) == ["/etc/passwd"])
        }
    }

    @Test func `a new file is written beside nothing that was put in its way`() async throws {
        try await withTwoFolders { folder, outside in
            let input: JSONValue = ["path": "new/deep/file", "content": "x"]
            let result = try await run(.writeFile, input, in: folder) { try folder.link("new", to: outside) }
            #expect(throws: ToolError.self) { try result.get() }
            let dangling = try await run(.writeFile, ["path": "fresh", "content": "x"], in: folder) {
                try folder.link("fresh", to: outside + "/made")
            }
            #expect(throws: ToolError.self) { try dangling.get() }
        }
    }

    @Test func `what a search shows is read through the open folder, whatever its program prints`() async throws {
        try await withTwoFolders { folder, outside in
            try folder.link("link", to: outside)
            let script = """
                #!/bin/sh
                printf './link/file\\0001:outside\\n./sub/../link/file\\0001:outside\\n./sub/file\\0001:made up\\n'
                printf '%s\\0001:outside\\n../../etc/passwd\\0001:root\\n' '\(outside)/file'
                """
            try folder.write(script, to: "bin/rg")
            chmod(folder.path + "/bin/rg", 0o700)
            let context = folder.context(environment: ["PATH": folder.path + "/bin:/bin"])
            try #expect(await folder.call(.searchFiles, ["pattern": "x"], context) == "sub/file:1:inside")
        }
    }

    @Test func `a place is what its path leads to, and what nobody knows is none`() throws {
        let resolver = PathResolver(folder: "/bassi-test/site", home: "/bassi-test")
        for (path, place) in [
            ("a", "/bassi-test/site/a"), ("./b/../a", "/bassi-test/site/a"), ("~/x", "/bassi-test/x"), ("/", "/"),
            ("~other/x", nil), ("a\0b", nil), (String(repeating: "x", count: 1 << 20), nil),
        ] as [(String, String?)] { #expect(ResolvedPath(path, in: resolver).place == place, "\(path.prefix(20))") }
        for path in ["x", "/a/../b", "/a/./b", "/a\0b"] {
            #expect(throws: ToolError.self, "\(path)") { try FilePlace(path, shown: path) }
        }
    }
}
