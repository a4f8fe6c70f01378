import BassiEvents
import BassiModels
import BassiTools

/// The schema that a run's last answer must fit, and how a model is brought to it: by its provider where that can
/// (structured output), else by a tool that takes the answer as its input.
public struct OutputSchema: Sendable {
    /// The tool that takes the answer, for models that are not held to a schema by their provider.
    public static let toolName = "final_answer"
    /// The word for an answer that does not fit, in events.
    static let failure = "output_schema"
    /// The client of a prompt that says what is wrong with an answer.
    static let client = "output_schema"
    /// Answers that do not fit, after which the run fails: there is one repair.
    static let failuresMax = 2

    /// The schema: of an object, since every provider's tools and formats are.
    let schema: JSONValue

    /// A schema.
    public init(_ schema: JSONValue) { self.schema = schema }

    /// How the answer is got from this model, which is offered `toolCount` other tools.
    func isNative(for profile: ModelProfile, toolCount: Int) -> Bool {
        switch profile.structuredOutput {
        case .native: true
        case .nativeWithoutTools: toolCount == 0
        case .none: false
        }
    }

    /// The tool that takes the answer.
    var tool: any Tool {
        FunctionTool(
            Self.toolName,
            description: "Takes your final answer. Call it once, at the end, instead of writing the answer.",
            inputSchema: schema, effect: .pure, reach: .folder
        ) { _, _ in .text("The answer was taken.") }
    }

    /// What a model is told that is offered the tool.
    static let instruction =
        "When you are done, call the tool \(toolName) with your answer. Do not write the answer as text."

    /// The answer in a text: the text itself, or what stands in its code fence.
    public static func answer(in text: String) -> JSONValue? {
        let trimmed = text.trimmed
        if let whole = try? JSONParser.parse(String(trimmed)) { return whole }
        guard trimmed.hasPrefix("```"), trimmed.hasSuffix("```"), let line = trimmed.firstIndex(where: \.isNewline)
        else {
            return nil
        }
        return try? JSONParser.parse(String(trimmed[line...].dropLast(3)))
    }

    /// What is wrong with a text as the answer; nil when it fits.
    func problem(with text: String) -> String? {
        guard let answer = Self.answer(in: text) else { return "it is not JSON" }
        return JSONSchema(schema).problem(with: answer)
    }

    /// What the model is told of an answer that does not fit.
    static func repair(_ problem: String, byTool: Bool) -> String {
        let how = byTool ? "Call the tool \(toolName)." : "Answer once more, with the JSON alone."
        return "Your answer does not fit the schema that was asked for: \(problem). \(how)"
    }
}
