import BassiEvents
import Testing

@testable import BassiTools

/// `ask_user`: what may be asked.
@Suite struct AskUserTests {
    private func failure(_ questions: JSONValue) async throws -> String? {
        try await Folder.with { folder in await folder.failure(.askUser, ["questions": questions]) }
    }

    @Test func `what is asked is checked, and bounded`() async throws {
        let question: JSONValue = ["text": "Which?"]
        let option: JSONValue = ["label": "a"]
        func options(_ options: [JSONValue]) -> JSONValue { [["text": "Which?", "options": .array(options)]] }
        let wrong: [JSONValue] = [
            [], .array(Array(repeating: question, count: 5)), [["header": "no text"]], [["text": ""]],
            [["text": .string(String(repeating: "x", count: 2001))]], options([["description": "no label"]]),
            options(Array(repeating: option, count: 11)), options([option, option]),
            [["text": "a", "id": "x"], ["text": "b", "id": "x"]], [["text": "a", "more": 1]],
            [["text": "a", "header": .string(String(repeating: "x", count: 41))]], [["text": " \n\t\u{A0}"]],
            [["text": "\u{200B}\u{2060}"]],
        ]
        for questions in wrong { #expect(try await failure(questions) == "invalid_input", "\(questions.text)") }
        #expect(try await failure([question]) == "nobody_there")
    }

    @Test func `questions without an id get one, and keep their order`() throws {
        let input: JSONValue = ["questions": [["text": "a"], ["text": "b", "id": "mine"], ["text": "c"]]]
        #expect(try AskUserTool.questions(in: input).map(\.id) == ["q1", "mine", "q3"])
    }
}
