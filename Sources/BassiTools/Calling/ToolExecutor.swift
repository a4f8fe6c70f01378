import BassiEvents
import BassiPermissions

/// Checks and runs calls. Whatever goes wrong is a result: nothing here hangs or throws.
public struct ToolExecutor: Sendable {
    /// The tools that may be called.
    public let registry: ToolRegistry

    /// How paths are resolved before anybody decides about a call; nil to leave that to the tool.
    private let resolver: PathResolver?

    /// An executor.
    public init(_ registry: ToolRegistry, resolver: PathResolver? = nil) {
        self.registry = registry
        self.resolver = resolver
    }

    /// What the call is about to do, for those who decide whether it may.
    ///
    /// - Parameter places: Where its paths lead, for a call that was decided about before.
    /// - Throws: ``ToolError`` `unknown_tool` or `invalid_input`, which names the field.
    public func check(
        _ toolID: ToolID, name: String, input: JSONValue, places: [CallPlace] = []
    ) throws(ToolError) -> ToolCallRequest {
        guard let tool = registry[name] else {
            let names = registry.tools.map(\.name).joined(separator: ", ")
            throw ToolError(
                "unknown_tool", "there is no tool '\(name)'; there are: \(names.isEmpty ? "none" : names)")
        }
        if case .string(let text) = input {
            throw ToolError("invalid_input", "the input of \(name) is not a JSON object: \(text.prefix(200))")
        }
        if let problem = JSONSchema(tool.inputSchema).problem(with: input) {
            throw ToolError("invalid_input", "the input of \(name) does not fit its schema: \(problem)")
        }
        let request = ToolCallRequest(
            toolID: toolID, toolName: name, input: input, effect: tool.effect(of: input), reach: tool.reach,
            paths: tool.paths(in: input), command: tool.command(in: input))
        return resolver.map { request.resolved(in: $0, as: places) } ?? request
    }

    /// Runs a call to its end.
    ///
    /// A cancelled task ends with the outcome `cancelled`.
    public func execute(_ call: ToolCallRequest, context: ToolContext) async -> Result<ToolResult, ToolError> {
        guard let tool = registry[call.toolName] else {
            return .failure(ToolError("unknown_tool", "there is no tool '\(call.toolName)'"))
        }
        var context = context
        context.decided = call.resolved
        do {
            return .success(try await tool.call(call.input, context: context))
        } catch let error as ToolError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(Self.cancelled)
        } catch {
            if Task.isCancelled { return .failure(Self.cancelled) }
            return .failure(ToolError("failed", "\(call.toolName) failed: \(error)"))
        }
    }

    private static let cancelled = ToolError(
        "cancelled", "The run was cancelled while this call ran.", outcome: .cancelled)
}
