import BassiEvents
import BassiPermissions
import Testing

@Suite struct PermissionPolicyTests {
    @Test func `a reason names the rule and where it stands`() throws {
        let policy = try policy(allow: ["Bash(ls *)"], deny: ["Bash(rm *)"], ask: ["Bash(git push *)"])
        let denied = policy.decide(bash("rm x"))
        #expect(denied.reason == "The deny rule Bash(rm *) of settings.yaml forbids this call of bash.")
        #expect(denied.rule == "Bash(rm *)")
        #expect(denied.by == .rule)
        let asked = policy.decide(bash("git push"))
        #expect(asked.reason.contains("ask rule Bash(git push *) of settings.yaml"))
        #expect(asked.verdict == .ask && asked.by == .rule)
        #expect(policy.decide(bash("ls")).reason == "Allowed by Bash(ls *) of settings.yaml.")
        #expect(policy.decide(bash("make")).reason.contains("no rule allows this call of bash"))
    }

    @Test func `mode dont-ask says why it denies`() throws {
        let policy = try policy(.dontAsk, allow: ["Edit"], ask: ["Bash"])
        #expect(policy.decide(bash("ls")).reason.contains("mode dont-ask asks nobody"))
        #expect(policy.decide(bash("ls")).rule == "Bash")
        #expect(policy.decide(edit(".envrc")).reason.contains(".envrc, which is protected; mode dont-ask"))
        #expect(policy.decide(edit("a")).verdict == .allow)
    }

    @Test func `mode plan denies before the hooks run and reads on`() throws {
        let policy = try policy(.plan, allow: ["Bash", "Edit"])
        #expect(policy.deniedOutright(bash("ls"))?.by == .mode)
        #expect(policy.deniedOutright(edit("a"))?.verdict == .deny)
        #expect(policy.deniedOutright(read("a")) == nil)
        #expect(policy.decide(read("a")).verdict == .allow)
        #expect(policy.decide(read("/etc/hosts")).verdict == .ask)
    }

    @Test func `a hook that allows is named as the one who decided`() throws {
        let decision = try policy().decide(bash("make"), hookSaidAllow: true)
        #expect(decision.verdict == .allow && decision.by == .hook)
        let asked = try policy(.bypass).decide(bash("ls"), hookSaidAsk: true)
        #expect(asked.verdict == .ask && asked.by == .hook)
    }

    static let domains = [
        Example("WebFetch(domain:example.org)", "https://example.org/a", true),
        Example("WebFetch(domain:example.org)", "http://EXAMPLE.org:8080/a?b#c", true),
        Example("WebFetch(domain:Example.org)", "https://example.org.", true),
        Example("WebFetch(domain:example.org)", "https://www.example.org", false),
        Example("WebFetch(domain:example.org)", "https://example.org.evil.com", false),
        Example("WebFetch(domain:example.org)", "https://evil.com/example.org", false),
        Example("WebFetch(domain:example.org)", "https://example.org@evil.com", false),
        Example("WebFetch(domain:example.org)", "https://evil.com\\@example.org", false),
        Example("WebFetch(domain:example.org)", "https://evil.com#@example.org", false),
        Example("WebFetch(domain:example.org)", "https://notexample.org", false),
        Example("WebFetch(domain:example.org)", "file://example.org/etc", false),
        Example("WebFetch(domain:example.org)", "example.org", false),
        Example("WebFetch(domain:example.org)", "https://ex%61mple.org", false),
        Example("WebFetch(domain:example.org)", " https://example.org", false),
        Example("WebFetch(domain:example.org)", "", false),
        Example("WebFetch(domain:*.example.org)", "https://a.b.example.org", true),
        Example("WebFetch(domain:*.example.org)", "https://example.org", false),
        Example("WebFetch(domain:*.example.org)", "https://aexample.org", false),
        Example("WebFetch", "https://any.org", true),
    ]

    @Test(arguments: domains)
    func `an allow rule for a host covers an address or leaves it to a person`(example: Example) throws {
        #expect(
            try policy(allow: [example.rule]).decide(fetch(example.subject)).verdict == (example.holds ? .allow : .ask))
    }

    @Test(arguments: [
        ("https://evil.org", true), ("https://www.evil.org", true), ("https://x@evil.org", true),
        ("https://evil.org\\a", true), ("https://%65vil.org", true), ("https://notevil.org", false),
        ("https://example.org/evil.org", false), ("https://éa.org", true),
    ])
    func `a deny rule for a host holds below it and for what cannot be read surely`(url: String, holds: Bool) throws {
        let decision = try policy(.bypass, deny: ["WebFetch(domain:evil.org)"]).decide(fetch(url))
        #expect(decision.verdict == (holds ? .deny : .allow))
    }

    @Test func `a rule for a task names its agent`() throws {
        let policy = try policy(allow: ["Task(reviewer)"], deny: ["Task(deployer)"])
        #expect(policy.decide(task("reviewer")).verdict == .allow)
        // Nobody is asked whether a sub-agent works: what it does is decided in its own session.
        #expect(policy.decide(task("Reviewer")).by == .mode)
        #expect(policy.decide(task("reviewer")).by == .rule)
        #expect(policy.decide(task("Deployer")).verdict == .deny)
    }

    @Test func `a rule allows the tools of one server`() throws {
        let policy = try policy(allow: ["mcp__github__get_*"], deny: ["mcp__github__get_secret"])
        #expect(policy.decide(other("mcp__github__get_issue")).verdict == .allow)
        #expect(policy.decide(other("mcp__github__get_secret")).verdict == .deny)
        #expect(policy.decide(other("mcp__github__push")).verdict == .ask)
    }

    @Test func `where nothing confines commands no rule and no hook spares the question, and deny rules still hold`()
        throws
    {
        var policy = try policy(allow: ["Bash", "Read"], deny: ["Bash(curl *)"])
        policy.asksForCommands = true
        #expect(policy.decide(bash("git status"), hookSaidAllow: true).verdict == .ask)
        #expect(policy.decide(bash("git status")).reason.contains("There is no sandbox"))
        #expect(policy.suggestedRules(for: bash("git status")).isEmpty)
        #expect(policy.decide(bash("curl x")).verdict == .deny)
        #expect(policy.decide(read("a")).verdict == .allow)
        policy.mode = .dontAsk
        #expect(policy.decide(bash("git status")).verdict == .deny)
        policy.mode = .bypass
        #expect(policy.decide(bash("git status")).verdict == .allow)
    }
}
