import BassiEvents
import BassiPermissions
import Testing

@Suite struct ProtectedPathTests {
    static let protected = [
        ".git/hooks/pre-commit", ".git/hooks", ".git/config", ".git", "vendor/x/.git/config", ".git/modules/x/hooks/y",
        ".bassi/settings.yaml", ".bassi", ".claude/settings.json", "sub/.claude/x", ".mcp.json", "sub/.mcp.json",
        ".envrc",
        "a/../.git/config", "./.git//config", "~/.bashrc", "~/.zshenv", "/bassi-test/.profile", "../.bash_profile",
        "~/.config/fish/config.fish", "~/.config/bassi/settings.yaml", "~/.ssh/authorized_keys", "~/.gitconfig",
        ".GIT/hooks/x", ".Claude/x", "sub/.git/hooks/pre-commit", "a/b/c/.git/config", "sub/.envrc", "a/b/.envrc",
        "sub/.bassi/settings.yaml", "a/b/.bassi", "a/b/.claude/settings.json", "a/b/.mcp.json/x", "sub/.git",
        "a/.git/modules/b/hooks/x", "sub/.GIT/Config", "Sub/.MCP.json", "a/.Bassi/x", ".EnvRC", "~/.BashRC",
        ".g\u{200C}it/config", ".git\u{FEFF}/hooks/x", ".git/hoo\u{212A}s/x", ".ba\u{17F}\u{17F}i/x", "a/.ba\u{DF}i",
        "/elsewhere/repository/.git/config", "../other/.envrc", "deploy/prod.sh", "~/.local/share/bassi/bassi.sqlite",
        "~root/x", "a\u{0}b", ".git/worktrees/a/commondir", "a/.git/worktrees/b/config.worktree",
    ]
    static let plain = [
        ".gitignore", ".github/workflows/x", ".git/COMMIT_EDITMSG", ".git/configx", "git/hooks/x", ".bashrc",
        "claude/x",
        "sub/git/config", "sub/.git/index", ".gitmodules", "sub/.gitattributes", "\u{DC}.git/x", "sub/envrc",
        "a.bassi/x",
        "deploy/test.sh", ".env", "src/.bassirc", "~/site/a",
    ]

    @Test(arguments: protected)
    func `a protected path is asked in every mode but bypass, whatever is allowed`(path: String) throws {
        for (mode, verdict) in [
            (PermissionMode.ask, Decision.Verdict.ask), (.acceptEdits, .ask), (.plan, .deny), (.dontAsk, .deny),
            (.bypass, .allow),
        ] {
            let policy = try policy(mode, allow: ["Edit", "Edit(//**)"], protected: ["deploy/prod.sh"])
            for call in [write(path), edit(path)] {
                let decision = policy.decide(call, hookSaidAllow: true)
                #expect(decision.verdict == verdict, "\(mode): \(decision.reason)")
                #expect(policy.suggestedRules(for: call).isEmpty || mode == .bypass)
            }
        }
    }

    @Test(arguments: plain)
    func `a path that only looks like one is not protected`(path: String) throws {
        let decision = try policy(allow: ["Edit"], protected: ["deploy/prod.sh"]).decide(edit(path))
        #expect(decision.verdict == .allow, "\(decision.reason)")
    }

    @Test func `reading is free but for Bassi's own folder`() throws {
        let policy = try policy(allow: ["Read"])
        #expect(policy.decide(read(".git/config")).verdict == .allow)
        #expect(policy.decide(read("~/.bashrc")).verdict == .allow)
        #expect(policy.decide(read("~/.local/share/bassi/bassi.sqlite")).verdict == .ask)
        let moved = PermissionPolicy(
            mode: .ask, rules: try RuleSet(allow: ["Read"], source: nil), folder: "/bassi-test/site",
            home: "/bassi-test", bassiHome: "/srv/bassi")
        #expect(moved.decide(read("/srv/bassi/x")).verdict == .ask)
    }

    @Test(arguments: [
        "cp x .git/hooks/pre-commit", "rm -rf .git", "echo x > .envrc", "echo x>>.envrc", "cd .git && cp x hooks/y",
        "tee ~/.bashrc", "tee $HOME/.profile", "tee \"${HOME}/.profile\"", "dd of=.mcp.json", "cp x '.claude'/y",
        "cd ~; tee .bashrc", "sed -i s/a/b/ .git/con\\fig", "cp x deploy/prod.sh", "curl -o.envrc x.org",
    ])
    func `a command that names a protected path is asked, whatever is allowed`(command: String) throws {
        let policy = try policy(allow: ["Bash"], protected: ["deploy/prod.sh"])
        #expect(policy.decide(bash(command), hookSaidAllow: true).verdict == .ask)
        #expect(try self.policy(.bypass).decide(bash(command)).verdict == .allow)
    }

    @Test(arguments: [
        "cp x .g*/hooks/y", "cp x .git/hook?/y", "cp x .gi[t]/config", "cp x .{git,x}/hooks/y",
        "d=.git; cp x $d/hooks/y",
        "d=it; cp x .g$d/config", "d=hooks; cp x .git/\"$d\"/y", "rm -rf .g*", "mv .[!.]* /tmp", "cp x .env?c",
        "cp x .c*/settings.json", "cp x .GI*/Config", "cp x ~/.bash*", "cp x $HOME/.zsh{rc,env}",
        "cp x ../*/.git/conf*",
        "cd sub && cp x .g*/config", "timeout 5 cp x .g*/hooks/y", "echo x > .en{vrc,v}", "sort -o .m*.json a",
        "sed -i s/a/b/ .envr*",
    ])
    func `a command with a word that can become a protected path is asked, whatever is allowed`(
        command: String
    ) throws {
        #expect(try policy(allow: ["Bash", "Edit"]).decide(bash(command), hookSaidAllow: true).verdict == .ask)
        #expect(try policy(.bypass).decide(bash(command)).verdict == .allow)
    }

    @Test(arguments: [
        "cp x *", "cp src/* dest", "rm -rf .build*", "rm *.swp", "cp x \"$d\"", "cp x $d/a", "ls .*", "cat .c*",
        "grep -n x .g*", "git add .github/*", "git commit -m \"$(ls .g*)\"", "cp .s* x", "echo .*", "wc -l .e*",
        "for f in *.md; do mv \"$f\" x; done", "mv .eslintrc.{js,json} x", "cp x ~/.bash_notes*",
    ])
    func `a command with a word that does not say so is not`(command: String) throws {
        let decision = try policy(allow: ["Bash"]).decide(bash(command))
        #expect(decision.verdict == .allow, "\(decision.reason)")
    }

    @Test(arguments: ["git status", "cat .gitignore", "npm test", "ls -la src", "git commit -m 'x: y'", "echo ~nobody"])
    func `a command that names none is not`(command: String) throws {
        #expect(try policy(allow: ["Bash"]).decide(bash(command)).verdict == .allow)
    }

    @Test func `a command that only reads may read the settings of git`() throws {
        let policy = try policy(allow: ["Bash"])
        #expect(policy.decide(bash("cat .git/config", effect: .pure)).verdict == .allow)
        #expect(policy.decide(bash("cat ~/.local/share/bassi/x", effect: .pure)).verdict == .ask)
    }

    @Test func `a session in a folder below a protected name can work`() throws {
        let policy = try policy(.acceptEdits, folder: "/bassi-test/.claude/worktrees/x")
        #expect(policy.decide(edit("src/a")).verdict == .allow)
        #expect(policy.decide(edit(".claude/a")).verdict == .ask)
        #expect(policy.decide(edit("../y/a")).verdict == .ask)
    }

    private func policy(
        _ mode: PermissionMode = .ask, allow: [String] = [], folder: String = "/bassi-test/site",
        protected: [String] = []
    ) throws -> PermissionPolicy {
        try BassiPermissionsTests.policy(mode, allow: allow, folder: folder, protected: protected)
    }
}
