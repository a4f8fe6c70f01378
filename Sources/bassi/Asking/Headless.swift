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
        let events = (text.map { opened.session.send($0) } ?? opened.session.goOn()).withLog(after: opened.since)
        var result = RunResult(session: opened.session.id)
        do {
            for try await event in events {
                result.apply(try await opened.store.wholeOrPreview(event))
                if output.verbose, let line = Progress.line(of: event) { Standard.say("bassi: \(line)") }
                guard output.outputFormat == .streamJSON else { continue }
                if await !Standard.send(EventCoder.encode(event) + [0x0A]) {
                    opened.session.cancelSoon(reason: "nobody reads the output any more")
                }
            }
        } catch let error as StoreError {
            throw ExitWith(1, "bassi: \(error)")
        }
        try? await opened.session.close()
        show(result)
        await Housekeeping.run(opened.store, opened.retention)
        try await opened.store.close()
        throw ExitWith(signals.wasInterrupted ? 130 : result.exitCode)
    }

    private static let noPrompt = ExitWith.usage(
        "there is no prompt: bassi -p PROMPT, or pipe one in: echo PROMPT | bassi -p")

    private func words() throws -> String? {
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

    private func show(_ result: RunResult) {
        switch output.outputFormat {
        case .text:
            if !result.text.isEmpty { Standard.print(result.text) }
            if let problem = result.problem, !output.quiet { Standard.say("bassi: \(problem)") }
        case .json, .streamJSON: Standard.print(result.json.text)
        }
        if output.outputFormat != .text || output.quiet { return }
        for denial in result.denials where denial.wasUnasked {
            Standard.say(
                "bassi: denied: \(denial.toolName) (nobody can be asked here: allow it with --allow, "
                    + "or choose a --permission-mode)")
        }
    }
}
