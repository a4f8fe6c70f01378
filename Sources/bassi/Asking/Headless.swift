import BassiEvents
import BassiSession
import BassiStore
import Foundation

/// `bassi -p`: one prompt to its end.
extension Asking {
    /// The longest prompt that is read from standard input.
    private static let promptBytesMax = 10 << 20

    func headless() async throws {
        let text = try words()
        // Without words, --continue and --resume go on with what was interrupted.
        if text == nil, !session.goesOn { throw Self.noPrompt }
        let opened = try await open(canAsk: false, streaming: false, client: "cli")
        if text == nil, await !opened.session.isInterrupted {
            throw ExitWith.usage("nothing was interrupted in this session: give a prompt")
        }
        let (signals, stopSignal) = (CancelSignals(opened.session), StopSignal(opened.store))
        defer {
            signals.stop()
            stopSignal.stop()
        }
        let prompt = text.map { Prompt([.text($0)], idempotencyKey: session.idempotencyKey) }
        let events = (prompt.map { opened.session.send($0) } ?? opened.session.goOn()).withLog(after: opened.since)
        var last = opened.since
        let result = try await result(of: events, in: opened.session.id, opened.store) {
            opened.session.cancelSoon(reason: $0)
        } seeing: {
            last = $0.seq
        }
        let code = signals.wasInterrupted ? 130 : result.exitCode
        show(result)
        // Others may have sent prompts meanwhile (--attach): they were accepted, so they are answered.
        try? await opened.session.finish()
        for line in try await opened.store.hookLines(of: opened.session.id, after: last) { say(line) }
        await Housekeeping.run(opened.store, opened.retention)
        try await opened.store.close()
        throw ExitWith(code)
    }

    /// Folds the events of a run, and prints them where they are wanted. `cancel` wants the run cancelled.
    func result(
        of events: RunEvents, in session: SessionID, _ store: any EventStore, cancel: (String) -> Void,
        seeing: (Event) -> Void = { _ in }
    ) async throws -> RunResult {
        var result = RunResult(session: session, isStructured: agent.jsonSchema != nil)
        do {
            for try await event in events {
                seeing(event)
                result.apply(try await store.wholeOrPreview(event))
                if case .subagentCompleted(let end) = event.payload {
                    result.addDenials(of: try await subagent(end.childSessionID, store))
                }
                if let line = output.verbose ? Progress.line(of: event) : Progress.hookLine(of: event) { say(line) }
                guard output.outputFormat == .streamJSON else { continue }
                if await !Standard.send(EventCoder.encode(event) + [0x0A]) {
                    cancel("nobody reads the output any more")
                }
            }
        } catch let error as StoreError {
            throw ExitWith(1, "bassi: \(error)")
        }
        return result
    }

    /// What a person has to know, and no script reads.
    private func say(_ line: String) {
        if !output.quiet { Standard.say("bassi: \(line)") }
    }

    /// A sub-agent's session, with those that worked for it.
    private func subagent(_ session: SessionID, _ store: any EventStore) async throws -> RunResult {
        var result = RunResult(session: session)
        for event in try await store.read(session, types: RunResult.denialTypes + [.hookExecuted], limit: .max) {
            result.apply(event)
            if let line = Progress.hookLine(of: event) { say(line) }
            guard case .subagentCompleted(let end) = event.payload else { continue }
            result.addDenials(of: try await subagent(end.childSessionID, store))
        }
        return result
    }

    static let noPrompt = ExitWith.usage(
        "there is no prompt: bassi -p PROMPT, or pipe one in: echo PROMPT | bassi -p")

    func words() throws -> String? {
        if let prompt, prompt != "-" { return prompt }
        // What waits at a terminal is a person, not a prompt; and --continue alone resumes.
        let mayRead = prompt == "-" || isatty(STDIN_FILENO) == 0
        if !mayRead || (prompt == nil && session.goesOn) { return nil }
        let data = (try? FileHandle.standardInput.read(upToCount: Self.promptBytesMax + 1)) ?? Data()
        guard data.count <= Self.promptBytesMax else {
            throw ExitWith.usage("the prompt on standard input is longer than \(Self.promptBytesMax) bytes")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { throw Self.noPrompt }
        return text
    }

    func show(_ result: RunResult) {
        switch output.outputFormat {
        case .text:
            if !result.shown.isEmpty { Standard.print(result.shown) }
            if let problem = result.problem, !output.quiet { Standard.say("bassi: \(problem)") }
        case .json, .streamJSON: Standard.print(result.json.text)
        }
        if output.outputFormat != .text || output.quiet { return }
        let unasked = result.denials.filter(\.wasUnasked)
        for denial in unasked {
            Standard.say("bassi: denied: \(denial.toolName): \(PlainScreen.harmless(denial.reason))")
        }
        guard let last = unasked.last else { return }
        Standard.say(
            "bassi: --allow RULE or another --permission-mode lets more run, where no ask rule, hook or protected path is "
                + "the reason; `bassi why \(last.session)` says who decided")
    }
}

extension EventStore {
    /// What hooks said when the session was closed: nobody follows it any more by then.
    func hookLines(of session: SessionID, after position: SequenceNumber) async throws -> [String] {
        try await read(session, types: [.hookExecuted], after: position, limit: .max).compactMap(Progress.hookLine)
    }
}
