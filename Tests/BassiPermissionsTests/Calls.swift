import BassiEvents
import BassiPermissions

/// Calls as the tools make them.
func bash(_ command: String, effect: ToolEffect = .write) -> ToolCallRequest {
    ToolCallRequest(
        toolID: "t", toolName: "bash", input: ["command": .string(command)], effect: effect, reach: .machine,
        command: command)
}

func file(_ tool: String, _ path: String) -> ToolCallRequest {
    let isPure = !["write_file", "edit_file"].contains(tool)
    return ToolCallRequest(
        toolID: "t", toolName: tool, input: ["path": .string(path)], effect: isPure ? .pure : .write, reach: .folder,
        paths: [path])
}

func read(_ path: String) -> ToolCallRequest { file("read_file", path) }
func edit(_ path: String) -> ToolCallRequest { file("edit_file", path) }
func write(_ path: String) -> ToolCallRequest { file("write_file", path) }

func fetch(_ url: String) -> ToolCallRequest {
    ToolCallRequest(
        toolID: "t", toolName: "web_fetch", input: ["url": .string(url)], effect: .pure, reach: .network)
}

func task(_ agent: String) -> ToolCallRequest {
    ToolCallRequest(
        toolID: "t", toolName: "task", input: ["agent": .string(agent), "prompt": "look"], effect: .write,
        reach: .machine)
}

func other(_ tool: String, _ effect: ToolEffect = .write, _ reach: ToolReach = .network) -> ToolCallRequest {
    ToolCallRequest(toolID: "t", toolName: tool, input: [:], effect: effect, reach: reach)
}

/// A policy for a folder that does not exist, so that no link is in the way.
func policy(
    _ mode: PermissionMode = .ask, allow: [String] = [], deny: [String] = [], ask: [String] = [],
    folder: String = "/bassi-test/site", home: String = "/bassi-test", protected: [String] = []
) throws -> PermissionPolicy {
    PermissionPolicy(
        mode: mode, rules: try RuleSet(allow: allow, deny: deny, ask: ask, source: "settings.yaml"), folder: folder,
        home: home, protectedPaths: protected)
}

/// One row of a table: a rule, a call, and whether the rule holds.
struct Example: Sendable, CustomStringConvertible {
    let rule: String
    let subject: String
    let holds: Bool

    init(_ rule: String, _ subject: String, _ holds: Bool) {
        self.rule = rule
        self.subject = subject
        self.holds = holds
    }

    var description: String { "\(rule) and \(subject.debugDescription): \(holds)" }
}
