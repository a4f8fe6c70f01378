import BassiPermissions
import Testing

/// Wildcards in files that are read: known by what is there.
@Suite struct PatternWordTests {
    private func policy(_ folder: TemporaryFolder, deny: [String] = []) throws -> PermissionPolicy {
        PermissionPolicy(
            mode: .ask, rules: try RuleSet(deny: deny, source: "test"), folder: folder.site, home: folder.home)
    }

    private func verdict(_ command: String, _ policy: PermissionPolicy) -> Decision.Verdict {
        policy.decide(bash(command)).verdict
    }

    @Test func `a name that leads out of the folder is asked, and so is one that would be an option`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site/src")
        for name in ["a.md", "b.md", "src/c.swift"] { try folder.file("site/" + name) }
        let commands = ["cat *.md", "ls *", "wc -l src/* *.md", "head {a,b}.md", "tail -2 ?.md src/[a-d].swift"]
        for command in commands { try #expect(verdict(command, policy(folder)) == .allow, "\(command)") }
        try folder.link("site/out.md", to: "/etc/passwd")
        for command in commands.prefix(3) { try #expect(verdict(command, policy(folder)) == .ask, "\(command)") }
        try #expect(verdict("cat [a-b].md", policy(folder)) == .allow)
        try folder.file("site/--files0-from=x")
        try #expect(verdict("wc *", policy(folder)) == .ask)
        try #expect(verdict("wc ./[!o]*", policy(folder)) == .allow)
        try folder.link("site/src/up", to: "/etc")
        try #expect(verdict("ls src/*", policy(folder)) == .ask)
        try #expect(verdict("cat src/up/*.conf", policy(folder)) == .ask)
    }

    @Test func `a folder that the command goes to is the one that is looked at`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site/src")
        try folder.link("site/src/out", to: "/etc/passwd")
        try #expect(verdict("cat *", policy(folder)) == .allow)
        try #expect(verdict("cd src && cat *", policy(folder)) == .ask)
        try #expect(verdict("cd \"$x\" && cat *", policy(folder)) == .ask)
        try #expect(verdict("cat src/../*", policy(folder)) == .ask)
    }

    @Test func `a file that a rule keeps is not read by a wildcard`() throws {
        let folder = try TemporaryFolder()
        for name in ["a.pem", "b.txt", ".env"] { try folder.file("site/" + name) }
        let policy = try policy(folder, deny: ["Read(**/.env)", "Read(*.pem)"])
        #expect(verdict("cat *.txt", policy) == .allow)
        #expect(verdict("cat *", policy) != .allow)
        #expect(verdict("cat .e*", policy) != .allow)
        #expect(verdict("head {.env,b.txt}", policy) != .allow)
    }

    @Test func `more names than are looked at are asked`() throws {
        let folder = try TemporaryFolder()
        for number in 0..<1_100 { try folder.file("site/\(number)") }
        try #expect(verdict("cat *", policy(folder)) == .ask)
        try #expect(verdict("cat 1*9", policy(folder)) == .allow)
    }
}
