import BassiPermissions
import Testing

@Suite struct ToolHookTests {
    private struct Broken: Error, CustomStringConvertible { let description = "no disk" }

    @Test func `a hook sees the call and says what it thinks`() async {
        let hook = ToolHook(name: "no push") { call in
            call.commandLine.contains("git push") ? .deny("pushing is for people") : .none
        }
        #expect(await hook.decision(for: bash("git push")) == .deny("pushing is for people"))
        #expect(await hook.decision(for: bash("git pull")) == .none)
    }

    @Test func `a hook that throws has not agreed`() async {
        let hook = ToolHook(name: "check") { _ in throw Broken() }
        #expect(await hook.decision(for: bash("ls")) == .ask("the hook check failed: no disk"))
    }

    @Test func `a hook may ask without a reason and change the input`() async {
        #expect(await ToolHook(name: "a") { _ in .ask() }.decision(for: bash("ls")) != .ask("other"))
        let changed = HookDecision.modify(["command": "ls -l"])
        #expect(await ToolHook(name: "b") { _ in changed }.decision(for: bash("ls")) == changed)
    }
}
