import BassiPermissions
import Foundation

/// Examples beside the rules, which are checked when the file is read: `{bash: "git status", is: allow}`.
enum PermissionExamples {
    /// Checks each example against the mode and the rules of the same file, for a folder without files.
    ///
    /// - Throws: ``SettingsError`` for the first that does not hold, with its line.
    static func check(_ nodes: [SettingsNode], mode: PermissionMode, rules: RuleSet) throws(SettingsError) {
        guard !nodes.isEmpty else { return }
        let policy = PermissionPolicy(
            mode: mode, rules: rules, folder: "/examples/of/permissions", home: NSHomeDirectory())
        for node in nodes {
            let (call, subject, expected) = try example(node)
            let decision = policy.decide(call)
            guard decision.verdict == expected else {
                throw node.problem(
                    "the example '\(subject)' is not \(expected.word) but \(decision.verdict.word): \(decision.reason)")
            }
        }
    }

    private static func example(
        _ node: SettingsNode
    ) throws(SettingsError) -> (ToolCallRequest, String, Decision.Verdict) {
        var call: (ToolCallRequest, String)?
        var verdict: Decision.Verdict?
        for (key, value) in try node.members(known: ["bash", "read", "edit", "fetch", "is"]) {
            let text = try value.string()
            switch key {
            case "bash": call = (ToolCallRequest(bash: text), text)
            case "fetch": call = (ToolCallRequest(fetch: text), text)
            case "read", "edit": call = (file(text, isEdit: key == "edit"), text)
            default:
                guard let word = Decision.Verdict.allCases.first(where: { $0.word == text }) else {
                    throw value.problem("'is' is one of: allow, ask, deny")
                }
                verdict = word
            }
        }
        guard let call, let verdict else {
            throw node.problem(
                "an example is written as {bash: \"git status\", is: allow}; also read:, edit: and fetch:")
        }
        return (call.0, call.1, verdict)
    }

    private static func file(_ path: String, isEdit: Bool) -> ToolCallRequest {
        ToolCallRequest(
            toolID: "example", toolName: isEdit ? "edit_file" : "read_file", input: ["path": .string(path)],
            effect: isEdit ? .write : .pure, reach: .folder, paths: [path])
    }
}
