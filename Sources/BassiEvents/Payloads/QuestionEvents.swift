/// The model asks the person something.
public struct QuestionAsked: EventFields {
    /// The event's type.
    public static let type: StaticString = "question_asked"

    /// The question.
    public let requestID: RequestID
    /// What it asks.
    public let questions: [Question]
    /// The call that asks.
    public let toolID: ToolID?
    /// When nobody is waited for any more.
    public let expiresAt: Timestamp?

    /// A value with these members.
    public init(
        requestID: RequestID, questions: [Question] = [], toolID: ToolID? = nil, expiresAt: Timestamp? = nil
    ) {
        self.requestID = requestID
        self.questions = questions
        self.toolID = toolID
        self.expiresAt = expiresAt
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("questions", questions)
        fields("tool_id", toolID)
        fields("expires_at", expiresAt)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        questions = try fields.array("questions")
        toolID = try fields.optional("tool_id")
        expiresAt = try fields.optional("expires_at")
    }
}

/// One question to the person. Words of his own are an answer to each.
public struct Question: JSONRecord {
    /// Unique in the request.
    public let id: String
    /// What is asked.
    public let text: String
    /// Answers to choose from; none for a free answer.
    public let options: [QuestionOption]
    /// Whether several may be chosen.
    public let multiple: Bool
    /// What it is about, in a word or two.
    public let header: String?

    /// A value with these members.
    public init(
        id: String, text: String, options: [QuestionOption] = [], multiple: Bool = false, header: String? = nil
    ) {
        self.id = id
        self.text = text
        self.options = options
        self.multiple = multiple
        self.header = header
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("id", id)
        fields("text", text)
        fields("options", options)
        fields("multiple", multiple)
        fields("header", header)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        id = try fields("id")
        text = try fields("text")
        options = try fields.array("options")
        multiple = try fields("multiple")
        header = try fields.optional("header")
    }
}

/// An answer that is offered: its label alone as a string, or with what it means as an object.
public struct QuestionOption: JSONCodable, Equatable {
    /// What is chosen, and what the answer says.
    public let label: String
    /// What choosing it means.
    public let description: String?

    /// An option.
    public init(_ label: String, description: String? = nil) {
        self.label = label
        self.description = description
    }

    /// What is read.
    public static var expectation: String { "a label, or an object with label and description" }

    /// Writes the label, or the object.
    public func write(to json: inout JSONWriter) {
        guard let description else { return json.write(label) }
        json.write(["label": .string(label), "description": .string(description)] as JSONObject)
    }

    /// Reads either form.
    public init?(json: JSONValue) {
        guard let object = json.object else {
            guard let label = json.string else { return nil }
            self.init(label)
            return
        }
        guard object.members.map(\.key) == ["label", "description"], let label = json["label"]?.string,
            let description = json["description"]?.string
        else { return nil }
        self.init(label, description: description)
    }
}

/// The person answered, or nobody did. The first answer wins.
public struct QuestionAnswered: EventFields {
    /// The event's type.
    public static let type: StaticString = "question_answered"

    /// The question.
    public let requestID: RequestID
    /// An object: the question's id and its answer, a string, or an array of them where several may be chosen. Empty where
    /// there is no answer.
    public let answers: JSONValue
    /// Who answered, or why nobody did.
    public let by: Actor?
    /// Why there is no answer.
    public let reason: String?

    /// A value with these members.
    public init(requestID: RequestID, answers: JSONValue, by: Actor? = nil, reason: String? = nil) {
        self.requestID = requestID
        self.answers = answers
        self.by = by
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("answers", answers)
        fields("by", by)
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        answers = try fields("answers")
        by = try fields.optional("by")
        reason = try fields.optional("reason")
    }
}
