import BassiEvents
import BassiSession
import Foundation

/// The plain interactive form: a line in, the answer out as it streams.
extension Asking {
    func interactive() async throws {
        guard Standard.isTerminal else {
            throw ExitWith.usage("this is no terminal: use bassi -p PROMPT to run one prompt")
        }
        let opened = try await open(canAsk: true, streaming: true, client: "terminal")
        let (signals, stopSignal) = (CancelSignals(opened.session), StopSignal(opened.store))
        defer {
            signals.stop()
            stopSignal.stop()
        }
        let talk = TerminalTalk(
            opened: opened, signals: signals, screen: PlainScreen(noColor: output.noColor || output.accessible))
        talk.screen.line("\(opened.model) in \(try session.folder())")
        talk.screen.line("Session \(opened.session.id) · Ctrl-C cancels a run, twice leaves · Ctrl-D leaves")
        if await opened.session.isInterrupted { try await talk.offerToGoOn() }
        try await talk.run(beginningWith: prompt)
        try await opened.session.close()
        await Housekeeping.run(opened.store, opened.retention)
        try await opened.store.close()
        talk.screen.line("\nLeft. To go on: bassi --resume \(opened.session.id)")
    }
}

/// A conversation at a terminal.
struct TerminalTalk: Sendable {
    let opened: Asking.Opened
    let signals: CancelSignals
    let screen: PlainScreen
    private let keyboard = Keyboard()

    private var dialogue: PermissionDialogue { PermissionDialogue(keyboard: keyboard, screen: screen) }

    /// One prompt after the other, until the person leaves.
    func run(beginningWith first: String?) async throws {
        var next = first
        while true {
            if next == nil {
                screen.write("\n> ")
                next = await keyboard.line()
            }
            guard let text = next else { return }
            next = nil
            if text.allSatisfy(\.isWhitespace) { continue }
            if ["exit", "quit", "/exit", "/quit"].contains(text.trimmingCharacters(in: .whitespaces)) { return }
            signals.forget()
            try await show(opened.session.send(text))
        }
    }

    func offerToGoOn() async throws {
        if await dialogue.yes("The last run was interrupted. Go on with it?") { try await show(opened.session.goOn()) }
    }

    private func show(_ events: RunEvents) async throws {
        var view = RunView(screen: screen)
        for try await event in events {
            view.show(event)
            guard case .permissionRequested(let question) = event.payload else { continue }
            let answer = await dialogue.ask(question) { signals.wasInterrupted }
            // Somebody else may have been quicker, or the run was cancelled meanwhile.
            try? await opened.session.answer(question.requestID, answer)
        }
    }
}
