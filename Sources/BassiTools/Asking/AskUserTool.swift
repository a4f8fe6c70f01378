import BassiEvents

/// `ask_user`: asks the person, and waits for the answer. A session offers it only where somebody can answer.
public struct AskUserTool: Tool {
    /// `ask_user`.
    public let name = "ask_user"
    /// For the model.
    public let description =
        "Asks the person and waits for the answer: for a choice that only the person can make, not for what you can find "
        + "out. Give options where you know them; the person can always answer in own words."
    /// `questions`, each with `text`, and `id`, `header`, `options` and `multiple` where they are wanted.
    public let inputSchema: JSONValue = .schema(
        [
            "questions": [
                "type": "array", "description": "What you ask.", "minItems": 1,
                "maxItems": .number(JSONNumber(questionsMax)),
                "items": .schema(
                    [
                        "id": ["type": "string", "minLength": 1, "maxLength": 64],
                        "header": [
                            "type": "string", "maxLength": 40, "description": "What it is about, in a word or two.",
                        ],
                        "text": ["type": "string", "minLength": 1, "maxLength": 2000],
                        "options": [
                            "type": "array", "maxItems": .number(JSONNumber(optionsMax)),
                            "items": ["anyOf": [Self.label, Self.describedOption]],
                        ],
                        "multiple": ["type": "boolean", "description": "Whether several may be chosen."],
                    ], required: ["text"]),
            ]
        ], required: ["questions"])
    private static let label: JSONValue = ["type": "string", "minLength": 1, "maxLength": 200]
    private static let describedOption: JSONValue = .schema(
        ["label": label, "description": ["type": "string", "maxLength": 1000]], required: ["label"])
    /// Nothing outside of the log.
    public let reach = ToolReach.folder

    /// Questions that are asked at once.
    static let questionsMax = 4
    /// Options of a question.
    static let optionsMax = 10

    /// The tool.
    public init() {}

    /// Asked again after a crash, it is the same question.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }

    /// Asks.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let questions = try Self.questions(in: input)
        guard let ask = context.ask else { throw ToolError("nobody_there", "nobody can be asked here") }
        let answered = try await ask(questions)
        guard let answers = answered.answers.object, !answers.members.isEmpty else {
            let why = answered.by?.kind == .user ? "the person did not answer" : answered.reason ?? "nobody answered"
            throw ToolError("no_answer", "\(why): go on by your own judgement, and say what you have assumed")
        }
        let lines = questions.map { question in
            "\(question.text)\n→ \(Self.words(of: answers[question.id]))"
        }
        return ToolResult([.text(lines.joined(separator: "\n"))], structured: ["answers": answered.answers])
    }

    /// The questions of an input that fits the schema; those without an id get one.
    static func questions(in input: JSONValue) throws(ToolError) -> [Question] {
        var questions: [Question] = []
        for (index, json) in (input["questions"]?.array ?? []).enumerated() {
            let options = (json["options"]?.array ?? []).compactMap { option in
                (option.string ?? option["label"]?.string).map {
                    QuestionOption($0, description: option["description"]?.string)
                }
            }
            let text = json["text"]?.string ?? ""
            guard text.unicodeScalars.contains(where: \.isSeen) else {
                throw ToolError("invalid_input", "the text of question \(index + 1) is blank: say what you ask")
            }
            guard Set(options.map(\.label)).count == options.count else {
                throw ToolError("invalid_input", "two options of question \(index + 1) have the same label")
            }
            let id = json["id"]?.string ?? "q\(index + 1)"
            guard !questions.contains(where: { $0.id == id }) else {
                throw ToolError("invalid_input", "two questions have the id '\(id)': give each its own")
            }
            questions.append(
                Question(
                    id: id, text: text, options: options,
                    multiple: json["multiple"]?.bool ?? false, header: json["header"]?.string))
        }
        return questions
    }

    private static func words(of answer: JSONValue?) -> String {
        switch answer {
        case .string(let text)?: text
        case .array(let texts)?: texts.compactMap(\.string).joined(separator: ", ")
        default: "(no answer)"
        }
    }
}

extension Unicode.Scalar {
    /// Whether a person sees anything of it.
    fileprivate var isSeen: Bool {
        !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint && properties.generalCategory != .control
    }
}

extension Tool where Self == AskUserTool {
    /// Asks the person.
    public static var askUser: AskUserTool { AskUserTool() }
}
