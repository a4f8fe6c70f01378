/// The model made or changed its plan.
public struct PlanGenerated: EventFields {
    /// The event's type.
    public static let type: StaticString = "plan_generated"

    /// The plan as text.
    public let planText: String
    /// Its steps.
    public let planSteps: [PlanStep]

    /// A value with these members.
    public init(planText: String, planSteps: [PlanStep] = []) {
        self.planText = planText
        self.planSteps = planSteps
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("plan_text", planText)
        fields("plan_steps", planSteps)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        planText = try fields("plan_text")
        planSteps = try fields.array("plan_steps")
    }
}

/// One step of a plan.
public struct PlanStep: JSONRecord {
    /// Unique in the plan.
    public let id: String
    /// What is to be done.
    public let text: String
    /// How far it is.
    public let status: PlanStepStatus

    /// A value with these members.
    public init(id: String, text: String, status: PlanStepStatus) {
        self.id = id
        self.text = text
        self.status = status
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("id", id)
        fields("text", text)
        fields("status", status)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        id = try fields("id")
        text = try fields("text")
        status = try fields("status")
    }
}

/// How far a step is.
public enum PlanStepStatus: String, JSONWord {
    /// Not begun.
    case pending
    /// Under way.
    case inProgress = "in_progress"
    /// Done.
    case completed
}
