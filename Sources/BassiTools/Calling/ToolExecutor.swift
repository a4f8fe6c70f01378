import BassiEvents
import BassiPermissions

/// Checks and runs calls. Whatever goes wrong is a result: nothing here hangs or throws.
public struct ToolExecutor: Sendable {
    /// The tools that may be called.
    public let registry: ToolRegistry

    /// An executor.
    public init(_ registry: ToolRegistry) { self.registry = registry }

    /// What the call is about to do, for those who decide whether it may.
    ///
    /// - Throws: ``ToolError`` `unknown_tool` or `invalid_input`, which names the field.
    public func check(_ toolID: ToolID, name: String, input: JSONValue) throws(ToolError) -> ToolCallRequest {
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
        return ToolCallRequest(
            toolID: toolID, toolName: name, input: input, effect: tool.effect(of: input), reach: tool.reach,
            paths: tool.paths(in: input), command: tool.command(in: input))
    }

    /// Runs a call to its end.
    ///
    /// A cancelled task ends with the outcome `cancelled`.
    public func execute(_ call: ToolCallRequest, context: ToolContext) async -> Result<ToolResult, ToolError> {
        guard let tool = registry[call.toolName] else {
            return .failure(ToolError("unknown_tool", "there is no tool '\(call.toolName)'"))
        }
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
