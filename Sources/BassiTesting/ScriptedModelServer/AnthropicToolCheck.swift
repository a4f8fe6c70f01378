import BassiEvents

/// Checks the tools of a request, and the choice among them.
struct AnthropicToolCheck {
    let body: CheckedValue

    private static let fields: Set<String> = [
        "type", "name", "description", "input_schema", "cache_control", "strict", "input_examples", "defer_loading",
        "allowed_callers", "eager_input_streaming",
    ]

    /// Returns the cache marks of the tools.
    func check() throws(RequestRefusal) -> [CheckedValue] {
        var marks: [CheckedValue] = []
        var names: [String] = []
        for tool in try body.optional("tools")?.array() ?? [] {
            _ = try tool.object()
            // A tool of the service's own has a dated type and fields of its own.
            let isCustom = tool.optional("type") == nil || tool.value["type"] == "custom"
            names.append(isCustom ? try checkCustom(tool) : try tool.required("name").string())
            if let mark = tool.optional("cache_control") { marks.append(mark) }
        }
        guard Set(names).count == names.count else { throw RequestRefusal("tools: Tool names must be unique.") }
        try checkChoice(names)
        return marks
    }

    private func checkCustom(_ tool: CheckedValue) throws(RequestRefusal) -> String {
        let tool = CheckedValue(manner: .anthropic, path: "\(tool.path).custom", value: tool.value)
        try tool.only(Self.fields)
        let name = try tool.required("name")
        let text = try name.string()
        guard text.isPlainName, text.utf8.count <= 64 else {
            throw name.refusal("String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")
        }
        if let description = tool.optional("description") { _ = try description.string() }
        let schema = try tool.required("input_schema")
        _ = try schema.object()
        _ = try schema.required("type").word(of: ["object"])
        return text
    }

    private func checkChoice(_ names: [String]) throws(RequestRefusal) {
        guard let choice = body.optional("tool_choice") else { return }
        let type = try choice.required("type").word(of: ["auto", "any", "tool", "none"])
        guard !names.isEmpty else {
            throw RequestRefusal("tool_choice: may only be specified while providing `tools`.")
        }
        if type == "tool" {
            let name = try choice.required("name").string()
            guard names.contains(name) else {
                throw RequestRefusal("tool_choice: Tool '\(name)' not found in provided tools")
            }
        }
        if type == "tool" || type == "any", body.value["thinking"]?["type"] == "enabled" {
            throw RequestRefusal("Thinking may not be enabled when tool_choice forces tool use.")
        }
    }
}
