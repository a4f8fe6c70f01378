import BassiEvents

/// A tool call in the words of people's hooks: `Edit` with `file_path` beside our `edit_file` with `path`.
///
/// Both names of a member are there, so that a hook may read either; of a changed input the member that was changed
/// counts.
enum HookToolInput {
    private static let otherNames = [
        ("path", "file_path"), ("old_text", "old_string"), ("new_text", "new_string"), ("from_line", "offset"),
        ("line_count", "limit"),
    ]
    private static let otherNamesOfTask = [("agent", "subagent_type")]

    /// Ours and theirs, for a tool.
    private static func otherNames(of toolName: String) -> [(ours: String, theirs: String)] {
        guard let tool = BuiltInTool(rawValue: toolName) else { return [] }
        return tool == .task ? otherNamesOfTask : tool.takesPath ? otherNames : []
    }

    /// The names that a matcher may mean.
    static func names(of toolName: String) -> [String] {
        guard let tool = BuiltInTool(rawValue: toolName) else { return [toolName] }
        // Writing and editing are one rule and two tools.
        return [knownName(of: tool), tool.ruleName, toolName]
    }

    /// The name that the hook is given.
    static func name(of toolName: String) -> String {
        BuiltInTool(rawValue: toolName).map(knownName) ?? toolName
    }

    private static func knownName(of tool: BuiltInTool) -> String {
        switch tool {
        case .writeFile: "Write"
        case .listFiles: "LS"
        default: tool.ruleName
        }
    }

    /// The input with the other names beside ours.
    static func wire(_ input: JSONValue, of toolName: String) -> JSONValue {
        guard var object = input.object else { return input }
        for (ours, theirs) in otherNames(of: toolName) {
            if let value = object[ours], object[theirs] == nil { object[theirs] = value }
        }
        return .object(object)
    }

    /// An input that a hook gave back, in our names only.
    static func own(_ input: JSONValue, of toolName: String, before: JSONValue) -> JSONValue {
        guard var object = input.object else { return input }
        for (ours, theirs) in otherNames(of: toolName) where before[theirs] == nil {
            guard let value = object[theirs] else { continue }
            object[theirs] = nil
            if object[ours] == nil || object[ours] == before[ours] { object[ours] = value }
        }
        return .object(object)
    }
}

extension HookSet {
    /// The names that a hook of this tool may be for.
    public static func subjects(of toolName: String) -> [String] { HookToolInput.names(of: toolName) }

    /// What a hook gets to read of a call.
    public static func members(of call: ToolCallRequest) -> JSONObject {
        var object = JSONObject()
        object["tool_name"] = .string(HookToolInput.name(of: call.toolName))
        object["tool_input"] = HookToolInput.wire(call.input, of: call.toolName)
        object["tool_use_id"] = .string(call.toolID.rawValue)
        return object
    }
}

extension HookReply {
    /// The input that the hook wants instead, in the tool's own names; nil for the same.
    public func newInput(of call: ToolCallRequest) -> JSONValue? {
        guard let updatedInput else { return nil }
        let own = HookToolInput.own(updatedInput, of: call.toolName, before: call.input)
        guard own != call.input else { return nil }
        return own
    }
}
