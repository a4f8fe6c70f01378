/// The model asks the person something.
public struct QuestionAsked: EventFields {
    /// The event's type.
    public static let type: StaticString = "question_asked"

    /// The question.
    public let requestID: RequestID
    /// What it asks.
    public let questions: [Question]

    /// A value with these members.
    public init(requestID: RequestID, questions: [Question] = []) {
        self.requestID = requestID
        self.questions = questions
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("questions", questions)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        questions = try fields.array("questions")
    }
}

/// One question to the person.
public struct Question: JSONRecord {
    /// Unique in the request.
    public let id: String
    /// What is asked.
    public let text: String
    /// Answers to choose from; none for a free answer.
    public let options: [String]
    /// Whether several may be chosen.
    public let multiple: Bool

    /// A value with these members.
    public init(id: String, text: String, options: [String] = [], multiple: Bool) {
        self.id = id
        self.text = text
        self.options = options
        self.multiple = multiple
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("id", id)
        fields("text", text)
        fields("options", options)
        fields("multiple", multiple)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        id = try fields("id")
        text = try fields("text")
        options = try fields.array("options")
        multiple = try fields("multiple")
    }
}

/// The person answered.
public struct QuestionAnswered: EventFields {
    /// The event's type.
    public static let type: StaticString = "question_answered"

    /// The question.
    public let requestID: RequestID
    /// An object: the question's id and its answer.
    public let answers: JSONValue

    /// A value with these members.
    public init(requestID: RequestID, answers: JSONValue) {
        self.requestID = requestID
        self.answers = answers
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("answers", answers)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        answers = try fields("answers")
    }
}
