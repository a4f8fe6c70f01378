import BassiPermissions

/// An agent that another one can give work to: what it is told, with which tools and which model it works.
///
/// It never gets more than the session that starts it: of its tools those that the session has, of its mode of permission
/// the stricter one, of its money what is left.
public struct AgentDefinition: Sendable, Equatable {
    /// Its name: letters, digits, `-`, `_` and `:`, at most 64.
    public let name: String
    /// What it is good for: by this the model chooses it.
    public let description: String
    /// What it is told before its prompt; nil for what the session is told that starts it.
    public var systemPrompt: String?
    /// The names of its tools, as the model calls them; nil for all of the session's.
    public var tools: [String]?
    /// Tools that it does not get.
    public var disallowedTools: [String]
    /// Its model, `provider/model`; nil for that of the session.
    public var model: String?
    /// Messages of the model after which it must end; nil for no limit of its own.
    public var maxTurns: Int?
    /// What it may do without asking, if that is less than what the session may.
    public var permissionMode: PermissionMode?

    /// An agent.
    public init(
        _ name: String, description: String, systemPrompt: String? = nil, tools: [String]? = nil,
        disallowedTools: [String] = [], model: String? = nil, maxTurns: Int? = nil,
        permissionMode: PermissionMode? = nil
    ) {
        self.name = name
        self.description = description
        self.systemPrompt = systemPrompt
        self.tools = tools
        self.disallowedTools = disallowedTools
        self.model = model
        self.maxTurns = maxTurns
        self.permissionMode = permissionMode
    }

    /// Whether it gets a tool of this name; with `bash` come its companions.
    public func takes(_ tool: String) -> Bool {
        if disallowedTools.contains(tool) { return false }
        guard let tools else { return true }
        return tools.contains(tool) || tools.contains(BashTool().name) && BashTool.companions.contains(tool)
    }
}

extension AgentDefinition {
    /// Does any work that its session could do: for work whose steps the session need not see.
    public static let general = AgentDefinition(
        "general",
        description: "Does a piece of work of several steps on its own, with the same tools as you, and reports.")

    /// Finds things out and changes nothing.
    public static let explorer = AgentDefinition(
        "explorer",
        description: "Finds things out in the folder and on the web, and reports. It changes nothing.",
        tools: ["read_file", "list_files", "find_files", "search_files", "web_fetch"])
}
