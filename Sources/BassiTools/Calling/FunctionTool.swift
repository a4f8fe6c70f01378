import BassiEvents

/// A tool made of a closure; one that does not suspend works too.
public struct FunctionTool: Tool {
    /// What the tool does.
    public typealias Body = @Sendable (_ input: JSONValue, _ context: ToolContext) async throws -> ToolResult

    /// Its name.
    public let name: String
    /// What it does, for the model.
    public let description: String
    /// The JSON Schema of its input.
    public let inputSchema: JSONValue
    /// How far it reaches.
    public let reach: ToolReach
    private let effect: ToolEffect
    private let body: Body

    /// A tool; careful unless it is said to be harmless.
    public init(
        _ name: String, description: String, inputSchema: JSONValue = ["type": "object"], effect: ToolEffect = .write,
        reach: ToolReach = .machine, _ body: @escaping Body
    ) {
        self.name = name
        self.description = description
        self.inputSchema = inputSchema
        self.effect = effect
        self.reach = reach
        self.body = body
    }

    /// The same for every input.
    public func effect(of input: JSONValue) -> ToolEffect { effect }

    /// Runs the closure.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        try await body(input, context)
    }
}
