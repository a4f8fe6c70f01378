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
        let signals = CancelSignals(opened.session)
        defer { signals.stop() }
        let screen = PlainScreen()
        screen.line("\(opened.model) in \(try session.folder())")
        screen.line("Session \(opened.session.id) · Ctrl-C cancels a run, twice leaves · Ctrl-D leaves")
        if await opened.session.isInterrupted { try await offerToGoOn(opened, screen) }
        var next = prompt
        while let text = next ?? Self.read(screen) {
            next = nil
            if text.allSatisfy(\.isWhitespace) { continue }
            if ["exit", "quit", "/exit", "/quit"].contains(text.trimmingCharacters(in: .whitespaces)) { break }
            signals.forget()
            try await show(opened.session.send(text), of: opened.session, screen)
        }
        try await opened.session.close()
        try await opened.store.close()
        screen.line("\nLeft. To go on: bassi --resume \(opened.session.id)")
    }

    private static func read(_ screen: PlainScreen) -> String? {
        screen.write("\n> ")
        return readLine()
    }

    private func offerToGoOn(_ opened: Opened, _ screen: PlainScreen) async throws {
        guard PermissionDialogue.yes("The last run was interrupted. Go on with it?", screen) else { return }
        try await show(opened.session.goOn(), of: opened.session, screen)
    }

    private func show(_ events: RunEvents, of session: AgentSession, _ screen: PlainScreen) async throws {
        var view = RunView(screen: screen)
        for try await event in events {
            view.show(event)
            guard case .permissionRequested(let question) = event.payload else { continue }
            let answer = PermissionDialogue.ask(question, screen)
            // Somebody else may have been quicker, or the run was cancelled meanwhile.
            try? await session.answer(question.requestID, answer)
        }
    }
}
