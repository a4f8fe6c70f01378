import BassiEvents

/// The tools of a session, in a stable order: prompt caches live on it.
public struct ToolRegistry: Sendable {
    /// The tools, in the order in which the model is offered them.
    public private(set) var tools: [any Tool] = []

    /// A registry of these tools; of two with one name the later counts.
    public init(_ tools: [any Tool] = []) {
        for tool in tools { add(tool) }
    }

    /// Adds a tool, in the place of one with the same name.
    public mutating func add(_ tool: any Tool) {
        if let index = tools.firstIndex(where: { $0.name == tool.name }) {
            tools[index] = tool
        } else {
            tools.append(tool)
        }
    }

    /// The tool with this name.
    public subscript(name: String) -> (any Tool)? { tools.first { $0.name == name } }
}
