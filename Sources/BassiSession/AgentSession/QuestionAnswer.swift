import BassiEvents

/// A person's answer to a question of the model.
public struct QuestionAnswer: Sendable, Equatable {
    /// The longest answer to one question, in characters.
    public static let charactersMax = 10_000

    /// An answer for each question's id: the label of an option or words of one's own, an array of them where several may
    /// be chosen. What is left out is not answered; nothing at all says that the person does not want to.
    public var answers: JSONObject
    /// Who answered.
    public var client: String?

    /// An answer.
    public init(_ answers: JSONObject, client: String? = nil) {
        self.answers = answers
        self.client = client
    }

    /// Why this is no answer to the questions, as the end of a sentence; nil when it is one.
    func problem(for questions: [Question]) -> String? {
        for member in answers.members {
            guard let question = questions.first(where: { $0.id == member.key }) else {
                let ids = questions.map(\.id).joined(separator: ", ")
                return "there is no question '\(member.key)'; there are: \(ids)"
            }
            let texts = member.value.array?.map(\.string) ?? [member.value.string]
            guard !texts.isEmpty, texts.count <= question.options.count + 1 else {
                return "the answer to '\(question.id)' has \(texts.count) parts"
            }
            if texts.count > 1, !question.multiple { return "one answer is wanted to '\(question.id)'" }
            for text in texts {
                guard let text, !text.allSatisfy(\.isWhitespace) else {
                    return "the answer to '\(question.id)' is no text"
                }
                guard text.count <= Self.charactersMax else {
                    return "the answer to '\(question.id)' is longer than \(Self.charactersMax) characters"
                }
            }
        }
        return nil
    }
}
