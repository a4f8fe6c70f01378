import BassiEvents
import BassiSession
import BassiStore
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
        let talk = LiveTalk(
            session: opened.session, store: opened.store, signals: signals, screen: screen, isOwner: true
        ) { try await opened.session.waitForEnd() }
        talk.screen.line("\(opened.model) in \(try session.folder())")
        talk.screen.line("Session \(opened.session.id) · Ctrl-C cancels a run, twice leaves · Ctrl-D leaves")
        let isInterrupted = await opened.session.isInterrupted
        _ = try await talk.run(beginningWith: prompt, offeringToGoOn: isInterrupted)
        let last = try await opened.store.head(of: opened.session.id) ?? .start
        try await opened.session.close()
        for line in try await opened.store.hookLines(of: opened.session.id, after: last) {
            talk.screen.dim("  \(line)")
        }
        await Housekeeping.run(opened.store, opened.retention)
        try await opened.store.close()
        talk.screen.line("\nLeft. To go on: bassi --resume \(opened.session.id)")
    }

    /// `bassi --attach`: a session of another process, followed live.
    func interactive(attachedTo text: String) async throws {
        guard Standard.isTerminal else {
            throw ExitWith.usage("this is no terminal: use bassi -p PROMPT --attach \(text) to send one prompt")
        }
        let attached = try await attach(to: text)
        let requests = CancelRequests(mayCancel: true)
        let signals = CancelSignals { requests.send($0) }
        let stopSignal = StopSignal(attached.store)
        defer {
            signals.stop()
            stopSignal.stop()
        }
        let talk = LiveTalk(
            session: attached.session, store: attached.store, signals: signals, screen: screen, isOwner: false
        ) { try await attached.session.waitForOwnersEnd() }
        talk.screen.line("Session \(attached.session.id), run by another process")
        talk.screen.line("Ctrl-C cancels a run, twice leaves · Ctrl-D leaves, and the session goes on")
        let ending = try await requests.passing(to: attached.session) { [prompt] in
            try await talk.run(beginningWith: prompt, offeringToGoOn: false)
        }
        try await attached.store.close()
        switch ending {
        case .left: talk.screen.line("\nLeft. The session goes on.")
        case .sessionEnded, nil:
            talk.screen.line("\nNobody runs the session any more. To go on: bassi --resume \(attached.session.id)")
        }
    }

    private var screen: PlainScreen { PlainScreen(noColor: output.noColor || output.accessible) }
}
