import BassiPermissions
import Testing

@Suite struct PathRuleTests {
    static let examples = [
        Example("Edit(./src/**)", "src/a.swift", true),
        Example("Edit(./src/**)", "src/a/b/c.swift", true),
        Example("Edit(./src/**)", "./src/./a.swift", true),
        Example("Edit(./src/**)", "src//a.swift", true),
        Example("Edit(./src/**)", "/bassi-test/site/src/a", true),
        Example("Edit(./src/**)", "~/site/src/a", true),
        Example("Edit(./src/**)", "other/../src/a", true),
        Example("Edit(./src/**)", "src", true),
        Example("Edit(./src/**)", "src2/a", false),
        Example("Edit(./src/**)", "src/../a", false),
        Example("Edit(./src/**)", "src/../../a", false),
        Example("Edit(./src/**)", "/src/a", false),
        Example("Edit(./src/**)", "~/src/a", false),
        Example("Edit(./src/**)", "lib/src/a", false),
        Example("Edit(src/**)", "src/a", true),
        Example("Edit(src/*)", "src/a", true),
        Example("Edit(src/*)", "src/a/b", false),
        Example("Edit(src/*.swift)", "src/a.swift", true),
        Example("Edit(src/*.swift)", "src/a.swift.sh", false),
        Example("Edit(src/?.swift)", "src/a.swift", true),
        Example("Edit(src/?.swift)", "src/é.swift", true),
        Example("Edit(src/?.swift)", "src/ab.swift", false),
        Example("Edit(src/?.swift)", "src/.swift", false),
        Example("Edit(**/*.md)", "a.md", true),
        Example("Edit(**/*.md)", "a/b/c.md", true),
        Example("Edit(**/*.md)", "../a.md", false),
        Example("Edit(a/**/b/**/c)", "a/x/b/y/z/c", true),
        Example("Edit(a/**/b/**/c)", "a/b/c", true),
        Example("Edit(a/**/b/**/c)", "a/x/y/c", false),
        Example("Edit(**)", "any/thing", true),
        Example("Edit(**)", "/etc/hosts", false),
        Example("Edit(*)", "a", true),
        Example("Edit(*)", "a/b", false),
        Example("Edit(README.md)", "README.md", true),
        Example("Edit(README.md)", "docs/README.md", false),
        Example("Edit(README.md)", "readme.md", false),
        Example("Edit(app/[id]/x)", "app/[id]/x", true),
        Example("Edit(app/[id]/x)", "app/i/x", false),
        Example("Edit(../shared/**)", "../shared/a", true),
        Example("Edit(../shared/**)", "shared/a", false),
        Example("Edit(/docs/**)", "docs/a", true),
        Example("Edit(/docs/**)", "/docs/a", false),
        Example("Edit(//opt/x/**)", "/opt/x/a", true),
        Example("Edit(//opt/x/**)", "opt/x/a", false),
        Example("Edit(~/notes/**)", "/bassi-test/notes/a", true),
        Example("Edit(~/notes/**)", "~/notes/a", true),
        Example("Edit(~/notes/**)", "../notes/a", true),
        Example("Edit(~/notes/**)", "notes/a", false),
        Example("Edit(//**)", "/any/thing", true),
        Example("Edit(//**)", "~root/x", false),
        Example("Edit(//**)", "a\u{0}b", false),
        Example("Write(src/**)", "src/a", true),
        Example("edit_file(src/**)", "src/a", true),
        Example("write_file(src/**)", "src/a", false),
        Example("Edit(caf\u{E9})", "caf\u{E9}", true),
        Example("Edit(caf\u{E9})", "cafe\u{301}", false),
        Example("Edit(src/**)", "src/\u{308}../../../etc/x", false),
        Example("Edit", "anything", true),
        Example("Read(src/**)", "src/a", false),
    ]

    @Test(arguments: examples)
    func `an allow rule covers a path or leaves it to a person`(example: Example) throws {
        let decision = try policy(allow: [example.rule]).decide(edit(example.subject))
        #expect(decision.verdict == (example.holds ? .allow : .ask), "\(decision.reason)")
    }

    static let restrictions = [
        Example("Edit(./src)", "src/a/b", true),
        Example("Edit(./src)", "lib/src/a", false),
        Example("Edit(.env)", ".env", true),
        Example("Edit(.env)", "sub/.env", true),
        Example("Edit(./.env)", "sub/.env", false),
        Example("Edit(*.key)", "a/b/c.key", true),
        Example("Edit(*.key)", "/etc/c.key", false),
        Example("Edit(src/**)", "src", true),
        Example("Edit(src/**)", "a/../src/b", true),
        Example("Edit(//etc/**)", "../../etc/hosts", true),
        Example("Edit(~/notes)", "~/notes/a", true),
        Example("Edit(.)", "a/b", true),
        Example("Edit(src/*.c)", "src/x.c/y", true),
        Example("Edit(src/*.c)", "src/x.h", false),
        // Names that are the same to some file system.
        Example("Edit(.env)", ".ENV", true),
        Example("Edit(**/.env)", "sub/.Env", true),
        Example("Edit(./Secrets/**)", "secrets/a", true),
        Example("Edit(caf\u{E9})", "cafe\u{301}", true),
        Example("Edit(*.KEY)", "a.key", true),
        Example("Edit(**/ma\u{DF}e)", "MASSE", true),
        Example("Edit(.env)", "env", false),
    ]

    @Test(arguments: restrictions)
    func `a deny rule holds for a path and all below it`(example: Example) throws {
        let decision = try policy(.bypass, deny: [example.rule]).decide(edit(example.subject))
        #expect(decision.verdict == (example.holds ? .deny : .allow), "\(decision.reason)")
    }

    @Test func `a path that nobody can follow is meant by no allow rule and by every deny rule`() throws {
        let paths = PathResolver(folder: "/bassi-test/site", home: "/bassi-test")
        for path in ["~root/x", "a\u{0}b"] {
            #expect(try !Rule("Edit(//**)").matches(edit(path), in: paths, reading: .strict))
            #expect(try Rule("Edit(./never)").matches(edit(path), in: paths, reading: .generous))
        }
    }

    @Test func `each path of a call must be covered, by one rule or another`() throws {
        func call(_ paths: [String]) -> ToolCallRequest {
            ToolCallRequest(
                toolID: "t", toolName: "move_file", input: [:], effect: .write, reach: .folder, paths: paths)
        }
        let policy = try policy(allow: ["move_file(a/**)", "move_file(b/**)"], deny: ["move_file(b/x)"])
        #expect(policy.decide(call(["a/1", "b/2"])).verdict == .allow)
        #expect(policy.decide(call(["a/1", "b/2"])).rule == "move_file(a/**), move_file(b/**)")
        #expect(policy.decide(call(["a/1", "c/2"])).verdict == .ask)
        #expect(policy.decide(call(["a/1", "b/x"])).verdict == .deny)
        #expect(policy.decide(call([])).verdict == .ask)
    }

    @Test func `a path in the input counts though the tool did not name it`() throws {
        let call = ToolCallRequest(
            toolID: "t", toolName: "read_file", input: ["path": "/etc/passwd"], effect: .pure, reach: .folder)
        #expect(try policy().decide(call).verdict == .ask)
        let glob = ToolCallRequest(
            toolID: "t", toolName: "find_files", input: ["pattern": "../../*"], effect: .pure, reach: .folder)
        #expect(try policy().decide(glob).verdict == .ask)
        let here = ToolCallRequest(
            toolID: "t", toolName: "find_files", input: ["pattern": "**/*.swift"], effect: .pure, reach: .folder)
        #expect(try policy().decide(here).verdict == .allow)
    }

    @Test func `a pattern that begins with a slash is below the folder of its settings file`() throws {
        let rule = try Rule("Edit(/docs/**)", source: "settings", settingsFolder: "/bassi-test/other")
        let policy = PermissionPolicy(
            mode: .ask, rules: RuleSet(allow: [rule]), folder: "/bassi-test/site", home: "/bassi-test")
        #expect(policy.decide(edit("/bassi-test/other/docs/a")).verdict == .allow)
        #expect(policy.decide(edit("docs/a")).verdict == .ask)
    }

    @Test func `a path as long as the system allows is read, and a longer one is asked or denied`() throws {
        let folder = "/bassi-test/site/"
        let longest = folder + String(repeating: "a/", count: (4_095 - folder.utf8.count) / 2)
        let longer = longest + "a"
        #expect(longest.utf8.count == 4_095)
        #expect(try policy().decide(read(longest)).verdict == .allow)
        #expect(try policy(allow: ["Read"]).decide(read(longer)).verdict == .ask)
        // A tool that drops the dots itself could still open what is meant.
        let hidden = String(repeating: "a/../", count: 1_000) + ".env"
        #expect(try policy(.bypass, deny: ["Read(.env)"]).decide(read(hidden)).verdict == .deny)
        #expect(try policy(.bypass, deny: ["Read(.env)"]).decide(bash("cat \(longer)")).verdict == .allow)
    }
}
