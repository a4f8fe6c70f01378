import BassiPermissions
import Testing

@Suite struct SymbolicLinkTests {
    private func policy(
        _ folder: TemporaryFolder, _ mode: PermissionMode = .ask, allow: [String] = [], deny: [String] = [],
        site: String? = nil
    ) throws -> PermissionPolicy {
        PermissionPolicy(
            mode: mode, rules: try RuleSet(allow: allow, deny: deny, source: "test"), folder: site ?? folder.site,
            home: folder.home)
    }

    @Test func `a link that leaves the folder is outside`() throws {
        let folder = try TemporaryFolder()
        try folder.link("site/out", to: "/etc")
        try folder.link("site/up", to: "..")
        let policy = try policy(folder, .acceptEdits)
        for path in ["out/passwd", "out", "up/x", "up/home/x", "out/new/file", "./out/../passwd", "up"] {
            #expect(policy.decide(read(path)).verdict == .ask, "\(path)")
            #expect(policy.decide(write(path)).verdict == .ask, "\(path)")
            #expect(!policy.resolver.isInside(path))
        }
    }

    @Test func `a link that stays in the folder is inside`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site/src")
        try folder.link("site/code", to: "src")
        try folder.link("site/absolute", to: folder.site + "/src")
        let policy = try policy(folder, .acceptEdits)
        for path in ["code/a", "absolute/a/b", "code/../src/a", "new/a"] {
            #expect(policy.decide(write(path)).verdict == .allow, "\(path)")
        }
        #expect(policy.resolver.resolve("code/a") == folder.site + "/src/a")
    }

    @Test func `the folder may be reached through a link itself`() throws {
        let folder = try TemporaryFolder()
        try folder.link("site-link", to: "site")
        let policy = try policy(folder, allow: ["Edit(./src/**)"], site: folder.path + "/site-link")
        #expect(policy.decide(read("a")).verdict == .allow)
        #expect(policy.decide(read(folder.site + "/a")).verdict == .allow)
        #expect(policy.decide(read(folder.path + "/site-link/a")).verdict == .allow)
        #expect(policy.decide(edit("src/a")).verdict == .allow)
        #expect(policy.decide(edit(folder.site + "/src/a")).verdict == .allow)
        #expect(policy.decide(read("../home/a")).verdict == .ask)
    }

    @Test func `an allow rule does not follow a link out of its pattern`() throws {
        let folder = try TemporaryFolder()
        try folder.link("site/src", to: "/etc")
        try folder.folder("site/lib")
        try folder.link("site/lib/x", to: "/etc/passwd")
        let rules = ["Edit(./src/**)", "Edit(lib/**)", "Edit(/\(folder.site)/src/**)"]
        let policy = try policy(folder, allow: rules)
        #expect(policy.decide(edit("src/passwd")).verdict == .ask)
        #expect(policy.decide(edit("lib/x")).verdict == .ask)
        #expect(policy.decide(edit("lib/y")).verdict == .allow)
        try folder.link("site-link", to: "site")
        let byLink = "Edit(/\(folder.path)/site-link/src/**)"
        let linked = try self.policy(folder, allow: rules + [byLink], site: folder.path + "/site-link")
        #expect(linked.decide(edit("src/passwd")).verdict == .ask)
        #expect(linked.decide(edit("lib/y")).verdict == .allow)
    }

    @Test func `an absolute allow rule follows the links that the person wrote`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("data")
        try folder.link("home/data", to: "../data")
        let policy = try policy(folder, allow: ["Edit(~/data/**)"])
        #expect(policy.decide(edit("~/data/a")).verdict == .allow)
        #expect(policy.decide(edit(folder.path + "/data/a")).verdict == .allow)
    }

    @Test func `a deny rule holds by each name of a file`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("vault")
        try folder.file("site/.env")
        try folder.link("site/secrets", to: "../vault")
        try folder.link("site/innocent", to: ".env")
        let policy = try policy(folder, .bypass, deny: ["Read(secrets/**)", "Read(.env)"])
        for path in ["secrets/key", "../vault/key", folder.path + "/vault/key", "innocent", "x/../innocent"] {
            #expect(policy.decide(read(path)).verdict == .deny, "\(path)")
        }
        #expect(policy.decide(bash("cat innocent")).verdict == .deny)
        #expect(policy.decide(read("other")).verdict == .allow)
    }

    @Test func `dots behind a link mean both places`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("home/deep")
        try folder.link("site/deep", to: "../home/deep")
        let policy = try policy(folder, allow: ["Edit(./**)"], deny: ["Read(~/secret)"])
        // The kernel goes to home/x, a program that drops the dots first to site/x.
        #expect(policy.decide(edit("deep/../x")).verdict == .ask)
        #expect(policy.decide(read("deep/../x")).verdict == .ask)
        #expect(policy.decide(read("deep/../secret")).verdict == .deny)
        #expect(policy.resolver.resolve("deep/../x") == folder.home + "/x")
        try folder.folder("site/a/b")
        try folder.link("site/in", to: "a/b")
        #expect(policy.decide(edit("in/../x")).verdict == .allow)
        // Here the kernel stays in the folder, and dropping the dots leaves it.
        #expect(policy.decide(edit("in/../../x")).verdict == .ask)
    }

    @Test func `a circle of links leads nowhere and is asked, whatever is allowed`() throws {
        let folder = try TemporaryFolder()
        try folder.link("site/a", to: "b")
        try folder.link("site/b", to: "a")
        let policy = try policy(folder, .acceptEdits, allow: ["Edit", "Read"])
        #expect(policy.decide(edit("a/x")).verdict == .ask)
        #expect(policy.decide(read("b")).verdict == .ask)
        #expect(policy.resolver.resolve("a") == nil)
        let bypass = try self.policy(folder, .bypass, deny: ["Read(.env)"])
        #expect(bypass.decide(read("a")).verdict == .deny)
    }

    @Test func `forty links are followed and one more is not`() throws {
        let folder = try TemporaryFolder()
        try folder.file("site/l0")
        for number in 1...41 { try folder.link("site/l\(number)", to: "l\(number - 1)") }
        let policy = try policy(folder)
        #expect(policy.decide(read("l40")).verdict == .allow)
        #expect(policy.decide(read("l41")).verdict == .ask)
    }

    @Test func `a link to a protected path is protected, and so is a protected link`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site/.git/hooks")
        try folder.folder("site/.husky")
        try folder.link("site/notes", to: ".git/hooks")
        try folder.link("site/.envrc", to: "plain")
        let policy = try policy(folder, .acceptEdits, allow: ["Edit", "Bash"])
        #expect(policy.decide(write("notes/pre-commit")).verdict == .ask)
        #expect(policy.decide(write(".envrc")).verdict == .ask)
        #expect(policy.decide(bash("cp x notes/pre-commit")).verdict == .ask)
        #expect(policy.decide(write(".husky/pre-commit")).verdict == .allow)
    }

    @Test func `a folder beside it with the same beginning is outside`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site-2")
        #expect(try policy(folder).decide(read("../site-2/a")).verdict == .ask)
    }
}
