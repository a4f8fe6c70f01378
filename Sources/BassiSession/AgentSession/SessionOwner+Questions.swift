import BassiEvents
import BassiPermissions
import BassiTools

/// Questions of the model to a person: asked once, however often the call is run after a crash, and answered once.
extension SessionOwner {
    func ask(_ questions: [Question], of toolID: ToolID, _ reply: Reply<QuestionAnswered>) async throws {
        guard activity.closing == nil, activity.isRunning(toolID) else { return reply.fail(CancellationError()) }
        // It was answered while nobody went on with the run.
        if let answered = state.questionAnswers[toolID] { return reply(answered) }
        if let open = state.questions.first(where: { $0.toolID == toolID }) {
            activity.questionReplies[open.requestID] = reply
            guard configuration.asksQuestions else { return try await withdraw(open.requestID) }
            return waitForAnswer(to: open.requestID, until: open.expiresAt)
        }
        guard configuration.asksQuestions else {
            return reply.fail(ToolError("nobody_there", "nobody can be asked here: go on by your own judgement"))
        }
        let requestID = RequestID("ask_\(UUIDv7())")
        activity.questionReplies[requestID] = reply
        try await append([
            .questionAsked(
                QuestionAsked(requestID: requestID, questions: questions, toolID: toolID, expiresAt: answerExpiry))
        ])
        setAlarm(.answer(requestID), after: configuration.answerDeadline)
        notify("question", "Bassi has a question: \(questions.first?.text ?? "")")
    }

    func take(_ requestID: RequestID, _ answer: QuestionAnswer, _ reply: Reply<Void>) async throws {
        guard let asked = state.questions.first(where: { $0.requestID == requestID }) else {
            return passOn(requestID, reply) { try await $0.answer(requestID, answer) }
        }
        if let problem = answer.problem(for: asked.questions) { return reply.fail(SessionError.invalidAnswer(problem)) }
        let by = Actor(kind: .user, client: answer.client ?? configuration.client)
        try await end(QuestionAnswered(requestID: requestID, answers: .object(answer.answers), by: by))
        reply()
    }

    /// Nobody has answered in time, or nobody is there.
    func withdraw(_ requestID: RequestID) async throws {
        let reason = configuration.asksQuestions ? "nobody answered in time" : "nobody can be asked"
        try await end(
            QuestionAnswered(requestID: requestID, answers: [:], by: Actor(kind: .timeout), reason: reason))
    }

    private func end(_ answered: QuestionAnswered) async throws {
        turnOff { $0 == .answer(answered.requestID) }
        let cause = state.calls.first { call in
            state.questions.contains { $0.requestID == answered.requestID && $0.toolID == call.toolID }
        }
        try await append([.questionAnswered(answered)], cause: cause?.askedAt, until: .durable)
        activity.questionReplies.removeValue(forKey: answered.requestID)?(answered)
    }
}
