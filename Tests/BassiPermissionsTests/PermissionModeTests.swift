import BassiEvents
import BassiPermissions
import Testing

/// Every mode with every effect and reach, and a file inside the folder.
@Suite struct PermissionModeTests {
    struct Row: Sendable, CustomStringConvertible {
        let mode: PermissionMode
        let effect: ToolEffect
        let reach: ToolReach
        let inside: Decision.Verdict
        let outside: Decision.Verdict
        let noFile: Decision.Verdict
        var description: String { "\(mode) \(effect) \(reach)" }

        init(
            _ mode: PermissionMode, _ effect: ToolEffect, _ reach: ToolReach, _ inside: Decision.Verdict,
            _ outside: Decision.Verdict, _ noFile: Decision.Verdict
        ) {
            self.mode = mode
            self.effect = effect
            self.reach = reach
            self.inside = inside
            self.outside = outside
            self.noFile = noFile
        }
    }

    static let table: [Row] =
        [
            Row(.ask, .pure, .folder, .allow, .ask, .allow),
            Row(.ask, .idempotent, .folder, .ask, .ask, .ask),
            Row(.ask, .write, .folder, .ask, .ask, .ask),
            Row(.acceptEdits, .pure, .folder, .allow, .ask, .allow),
            Row(.acceptEdits, .idempotent, .folder, .allow, .ask, .ask),
            Row(.acceptEdits, .write, .folder, .allow, .ask, .ask),
            Row(.plan, .pure, .folder, .allow, .ask, .allow),
            Row(.plan, .idempotent, .folder, .deny, .deny, .deny),
            Row(.plan, .write, .folder, .deny, .deny, .deny),
            Row(.dontAsk, .pure, .folder, .allow, .deny, .allow),
            Row(.dontAsk, .idempotent, .folder, .deny, .deny, .deny),
            Row(.dontAsk, .write, .folder, .deny, .deny, .deny),
            Row(.bypass, .pure, .folder, .allow, .allow, .allow),
            Row(.bypass, .idempotent, .folder, .allow, .allow, .allow),
            Row(.bypass, .write, .folder, .allow, .allow, .allow),
        ]
        // Beyond the folder no effect makes a difference.
        + [ToolReach.machine, .network].flatMap { reach in
            [ToolEffect.pure, .idempotent, .write].flatMap { effect in
                [
                    Row(.ask, effect, reach, .ask, .ask, .ask),
                    Row(.acceptEdits, effect, reach, .ask, .ask, .ask),
                    Row(.plan, effect, reach, .deny, .deny, .deny),
                    Row(.dontAsk, effect, reach, .deny, .deny, .deny),
                    Row(.bypass, effect, reach, .allow, .allow, .allow),
                ]
            }
        }

    private func call(_ row: Row, _ paths: [String]) -> ToolCallRequest {
        ToolCallRequest(
            toolID: "t", toolName: "my_tool", input: [:], effect: row.effect, reach: row.reach, paths: paths)
    }

    @Test(arguments: table)
    func `a mode decides by effect, reach and place`(row: Row) throws {
        let policy = try policy(row.mode)
        #expect(policy.decide(call(row, ["a"])).verdict == row.inside)
        #expect(policy.decide(call(row, ["../a"])).verdict == row.outside)
        #expect(policy.decide(call(row, ["a", "/etc/x"])).verdict == row.outside)
        #expect(policy.decide(call(row, [])).verdict == row.noFile)
        #expect(policy.decide(call(row, ["a"])).by == .mode)
    }

    @Test(arguments: table)
    func `an allow rule allows in every mode but plan`(row: Row) throws {
        let expected: Decision.Verdict = row.mode == .plan && row.outside == .deny ? .deny : .allow
        for paths in [["a"], ["../a"], []] {
            #expect(try policy(row.mode, allow: ["my_tool"]).decide(call(row, paths)).verdict == expected)
            let hook = try policy(row.mode).decide(call(row, paths), hookSaidAllow: true)
            #expect(hook.verdict == expected)
        }
    }

    @Test(arguments: table)
    func `a deny rule denies in every mode, before everything`(row: Row) throws {
        let policy = try policy(row.mode, allow: ["my_tool"], deny: ["my_tool"], ask: ["my_tool"])
        let decision = policy.decide(call(row, ["a"]), hookSaidAllow: true, hookSaidAsk: true)
        #expect(decision.verdict == .deny)
        #expect(decision.by == .rule)
        #expect(policy.deniedOutright(call(row, ["a"])) == decision)
    }

    @Test(arguments: table)
    func `an ask rule and a hook that asks ask in every mode`(row: Row) throws {
        let expected: Decision.Verdict =
            row.mode == .dontAsk || row.mode == .plan && row.outside == .deny ? .deny : .ask
        let byRule = try policy(row.mode, allow: ["my_tool"], ask: ["my_tool"])
        #expect(byRule.decide(call(row, ["a"]), hookSaidAllow: true).verdict == expected)
        let byHook = try policy(row.mode, allow: ["my_tool"])
        #expect(byHook.decide(call(row, ["a"]), hookSaidAllow: true, hookSaidAsk: true).verdict == expected)
    }

    @Test func `the table has every mode, effect and reach once`() {
        let rows = Set(Self.table.map(\.description))
        #expect(rows.count == 5 * 3 * 3)
        #expect(Self.table.count == rows.count)
    }

    @Test func `a command that is known to read only in the folder is allowed, another is asked`() throws {
        #expect(try policy().decide(bash("ls -l src")).verdict == .allow)
        #expect(try policy(.acceptEdits).decide(bash("ls")).by == .mode)
        #expect(try policy(.plan).decide(bash("ls")).verdict == .deny)
        #expect(try policy().decide(bash("ls /etc")).verdict == .ask)
        #expect(try policy().decide(bash("make", effect: .pure)).verdict == .ask)
    }

    @Test func `modes are written as people type them`() {
        #expect(PermissionMode.allCases.map(\.rawValue) == ["ask", "accept-edits", "plan", "dont-ask", "bypass"])
    }
}
