import BassiEvents
import BassiTools

/// What goes on, as lines for standard error.
enum Progress {
    /// The line of an event; nil for what nobody waits for.
    static func line(of event: Event) -> String? {
        switch event.payload {
        case .sessionStarted: "session \(event.sessionID)"
        case .requestSent(let sent): "asking \(sent.provider)/\(sent.model), \(sent.messageCount) messages"
        case .retryScheduled(let retry): "\(retry.errorType): trying again in \(retry.delayMilliseconds) ms"
        case .modelSwitched(let switched): line(of: switched)
        case .contextCompacted(let compacted): line(of: compacted)
        case .toolCallStarted(let call): "\(call.toolName) \(PlainScreen.harmless(RunView.summary(of: call.toolInput)))"
        case .toolCallCompleted(let call): "\(call.toolName) \(line(of: call))"
        case .toolCallFailed(let call):
            "\(call.toolName) \(call.outcome.rawValue): \(PlainScreen.harmless(call.error.message))"
        case .questionAsked(let asked):
            PlainScreen.harmless("asking: \(asked.questions.map(\.text).joined(separator: " · "))")
        case .questionAnswered(let answer): PlainScreen.harmless(line(of: answer))
        case .backgroundStarted(let start):
            "\(start.backgroundID) in the background: \(PlainScreen.harmless(start.command))"
        case .backgroundEnded(let end): "a background command \(words(of: end))"
        case .subagentStarted(let start): PlainScreen.harmless(line(of: start))
        case .subagentCompleted(let end): line(of: end, "session \(end.childSessionID)")
        case .hookExecuted: hookLine(of: event)
        case .hookDenied(let hook): PlainScreen.harmless("the hook \(hook.hookName) denied: \(hook.reason)")
        case .error(let error): PlainScreen.harmless(error.errorMessage)
        case .runCompleted(let end): "run \(end.outcome.rawValue) after \(end.turns) turns"
        case .runCancelled(let end): "run cancelled: \(end.reason)"
        default: nil
        }
    }

    /// How a call ended. That a command failed is no failure of the call.
    static func line(of call: ToolCallCompleted) -> String {
        let code = call.toolName == BashTool().name ? call.structured?["exit_code"]?.int64 : nil
        let end =
            if let code, code != 0 { "exit code \(code)" } else if let signal = call.structured?["signal"]?.int64 {
                "ended by signal \(signal)"
            } else { "done" }
        return "\(end) in \(call.durationMilliseconds) ms"
    }

    static func line(of start: SubagentStarted) -> String { "\(start.agent) works in session \(start.childSessionID)" }

    /// How a sub-agent ended, and what it took.
    static func line(of end: SubagentCompleted, _ agent: String) -> String {
        let cost = end.costUSD.map { $0 > .zero ? " · $\($0)" : "" } ?? ""
        let turns = end.turns.map { $0 == 1 ? "1 turn" : "\($0) turns" } ?? ""
        return "\(agent) \(end.outcome.rawValue): \(turns), \(end.usage.totalTokens) tokens\(cost)"
    }

    /// What a hook says to the person, or why it was of no use, in one line; nil for what went as it should.
    static func hookLine(of event: Event) -> String? {
        guard case .hookExecuted(let hook) = event.payload else { return nil }
        let reason = [.none, .ask].contains(hook.decision) ? hook.reason : nil
        guard let text = hook.systemMessage ?? reason.map({ "the hook \(hook.hookName): \($0)" }) else { return nil }
        return PlainScreen.harmless(text.split(whereSeparator: \.isNewline).joined(separator: " ⏎ "))
    }

    static func words(of end: BackgroundEnded) -> String {
        BackgroundEnd(end.outcome ?? .exited, exit: end.exit).words + (end.error.map { ": \($0)" } ?? "")
    }

    /// Who answered, and what.
    static func line(of answer: QuestionAnswered) -> String {
        let words = (answer.answers.object?.members ?? []).map { member in
            member.value.string ?? (member.value.array ?? []).compactMap(\.string).joined(separator: ", ")
        }
        if words.isEmpty { return "no answer\(answer.reason.map { ": \($0)" } ?? "")" }
        return "answered\(answer.by?.client.map { " at \($0)" } ?? ""): \(words.joined(separator: " · "))"
    }

    static func line(of switched: ModelSwitched) -> String {
        let why =
            switch switched.reason {
            case "fallback": ", since \(switched.from) failed"
            case "restored": " again"
            default: ""
            }
        return "asking \(switched.to) from now on\(why)"
    }

    static func line(of compacted: ContextCompacted) -> String {
        "the conversation was summarised: about \(compacted.tokensBefore) tokens became \(compacted.tokensAfter)"
    }
}
