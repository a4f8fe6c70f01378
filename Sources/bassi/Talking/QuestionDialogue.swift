import BassiEvents
import BassiSession
import Foundation

/// Asks the person at the terminal what the model wants to know: by number, or in words.
struct QuestionDialogue: Sendable {
    private let dialogue: PermissionDialogue
    private var screen: PlainScreen { dialogue.screen }

    init(_ dialogue: PermissionDialogue) { self.dialogue = dialogue }

    /// The answers; nil when the terminal was closed, or `isOver` says that nobody waits any more.
    ///
    /// - Parameter agent: The sub-agent that asks; nil for the session itself.
    func ask(
        _ asked: QuestionAsked, by agent: String? = nil, unless isOver: @escaping @Sendable () -> Bool
    ) async -> QuestionAnswer? {
        if let agent { screen.line("\n\(agent) asks:") }
        var answers = JSONObject()
        for question in asked.questions {
            show(question)
            guard let answer = await answer(to: question, unless: isOver) else { return nil }
            if answer != .null { answers[question.id] = answer }
        }
        return QuestionAnswer(answers)
    }

    private func show(_ question: Question) {
        let header = question.header.map { "[\($0)] " } ?? ""
        screen.line("\n? " + Self.oneLine(header + question.text))
        for (index, option) in question.options.enumerated() {
            let description = option.description.map { ": \($0)" } ?? ""
            screen.line("  \(index + 1)  " + Self.oneLine(option.label + description))
        }
    }

    /// The model wrote it: a second line could look like one of ours.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
    }

    private func answer(to question: Question, unless isOver: @escaping @Sendable () -> Bool) async -> JSONValue? {
        let numbers = question.multiple ? "Numbers, such as 1,2, or" : "A number, or"
        let wanted = question.options.isEmpty ? "Your answer" : "\(numbers) your own words"
        while true {
            screen.write("  \(wanted) (/skip for none) > ")
            guard let line = await dialogue.answer(unless: isOver) else { return nil }
            // What came too soon, and Enter alone, are no answers.
            if line.isEmpty { continue }
            if line == "/skip" { return .null }
            switch Self.answer(line, to: question) {
            case .success(let answer): return answer
            case .failure(let problem): screen.line("  \(problem.sentence)")
            }
        }
    }

    /// Why a line is no answer.
    struct Problem: Error, Equatable {
        let sentence: String
    }

    /// What a line means: the labels of the options with these numbers, else the words themselves.
    static func answer(_ line: String, to question: Question) -> Result<JSONValue, Problem> {
        let words = line.split { $0 == "," || $0 == " " }
        let numbers = words.compactMap { Int($0) }
        guard !question.options.isEmpty, !numbers.isEmpty, numbers.count == words.count else {
            return .success(.string(line))
        }
        if let wrong = numbers.first(where: { !question.options.indices.contains($0 - 1) }) {
            return .failure(Problem(sentence: "There is no option \(wrong)."))
        }
        let labels = question.options.enumerated().filter { numbers.contains($0.offset + 1) }.map(\.element.label)
        guard question.multiple else {
            return labels.count == 1
                ? .success(.string(labels[0])) : .failure(Problem(sentence: "Please choose one of them."))
        }
        return .success(.array(labels.map { .string($0) }))
    }
}
