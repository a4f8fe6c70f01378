import BassiEvents

/// `update_plan`: what the model means to do, step by step, for those who watch.
public struct UpdatePlanTool: Tool {
    /// `update_plan`.
    public let name = "update_plan"
    /// For the model.
    public let description =
        "Shows the person your plan, or what has become of it. Give all steps each time, in their order, with the same "
        + "id for the same step. At most one step is in_progress. Use it for work of several steps, not for single ones."
    /// `steps`, each with `id`, `text` and `status`.
    public let inputSchema: JSONValue = .schema(
        [
            "steps": [
                "type": "array", "description": "All steps, in their order.", "minItems": 1,
                "maxItems": .number(JSONNumber(stepsMax)),
                "items": .schema(
                    [
                        "id": ["type": "string", "minLength": 1, "maxLength": 64],
                        "text": ["type": "string", "minLength": 1, "maxLength": 1000],
                        "status": [
                            "type": "string", "enum": .array(PlanStepStatus.allCases.map { .string($0.rawValue) }),
                        ],
                    ], required: ["id", "text", "status"]),
            ]
        ], required: ["steps"])
    /// Nothing outside of the log.
    public let reach = ToolReach.folder

    /// Steps that a plan may have.
    static let stepsMax = 100

    /// The tool.
    public init() {}

    /// Telling it twice changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }

    /// Takes the plan.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        var steps: [PlanStep] = []
        for value in input["steps"]?.array ?? [] {
            guard let id = value["id"]?.string, let text = value["text"]?.string,
                let status = value["status"]?.string.flatMap({ PlanStepStatus(rawValue: $0) })
            else { continue }
            guard !steps.contains(where: { $0.id == id }) else {
                throw ToolError("invalid_input", "two steps have the id '\(id)': give each its own")
            }
            steps.append(PlanStep(id: id, text: text, status: status))
        }
        let done = steps.count { $0.status == .completed }
        var result = ToolResult.text("The plan is shown: \(done) of \(steps.count) steps done.")
        result.plan = PlanGenerated(planText: Self.text(of: steps), planSteps: steps)
        return result
    }

    /// A line for each step.
    static func text(of steps: [PlanStep]) -> String {
        steps.map { step in
            let mark =
                switch step.status {
                case .pending: "[ ]"
                case .inProgress: "[>]"
                case .completed: "[x]"
                }
            return "\(mark) \(step.text)"
        }.joined(separator: "\n")
    }
}

extension Tool where Self == UpdatePlanTool {
    /// Shows a plan.
    public static var updatePlan: UpdatePlanTool { UpdatePlanTool() }
}
