import BassiEvents
import BassiSession
import BassiStore
import Foundation
import Synchronization

extension Asking {
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
        let talk = AttachedTalk(
            attached: attached, signals: signals, screen: PlainScreen(noColor: output.noColor || output.accessible))
        talk.screen.line("Session \(attached.session.id), run by another process")
        talk.screen.line("Ctrl-C cancels a run, twice leaves · Ctrl-D leaves, and the session goes on")
        let ending = try await requests.passing(to: attached.session) { [prompt] in
            try await talk.run(beginningWith: prompt)
        }
        try await attached.store.close()
        switch ending {
        case .left: talk.screen.line("\nLeft. The session goes on.")
        case .ownerEnded, nil:
            talk.screen.line("\nNobody runs the session any more. To go on: bassi --resume \(attached.session.id)")
        }
    }
}

/// A conversation at a terminal with a session that another process owns: others may speak to it at the same time.
struct AttachedTalk: Sendable {
    enum Ending: Sendable { case left, ownerEnded }

    /// What the follower tells the keyboard.
    private struct State {
        var questions: [PermissionRequested] = []
        /// The keys of the prompts that were typed here and did not come back yet.
        var ownPrompts: Set<String> = []
        var isOver = false
    }

    let attached: Asking.Attached
    let signals: CancelSignals
    let screen: PlainScreen
    private let keyboard = Keyboard()
    private let state = SharedState()

    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    init(attached: Asking.Attached, signals: CancelSignals, screen: PlainScreen) {
        self.attached = attached
        self.signals = signals
        self.screen = screen
    }

    /// Until the person leaves, or the owner does.
    func run(beginningWith first: String?) async throws -> Ending {
        let head = try await attached.session.head
        try await findOpenQuestions()
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { try await show(after: head) }
            group.addTask {
                try await attached.session.waitForOwnersEnd()
                return .ownerEnded
            }
            group.addTask { try await listen(beginningWith: first) }
            defer {
                state.value.withLock { $0.isOver = true }
                group.cancelAll()
            }
            return try await group.next() ?? .left
        }
    }

    // MARK: - What comes

    private func show(after head: SequenceNumber) async throws -> Ending {
        var view = RunView(screen: screen)
        for try await delivery in attached.session.follow(after: head) {
            guard case .event(let event) = delivery else { continue }
            if case .runStarted = event.payload { signals.forget() }
            if case .promptReceived(let prompt) = event.payload, !isOwn(prompt) {
                screen.line("\n> " + Self.text(of: prompt))
            }
            view.show(event)
            note(event.payload)
        }
        return .left
    }

    /// What was typed here stands on the screen already.
    private func isOwn(_ prompt: PromptReceived) -> Bool {
        state.value.withLock { state in prompt.idempotencyKey.map { state.ownPrompts.remove($0) != nil } ?? false }
    }

    private static func text(of prompt: PromptReceived) -> String {
        prompt.content.compactMap(\.text).joined(separator: "\n")
    }

    private func note(_ payload: EventPayload) {
        state.value.withLock { state in
            switch payload {
            case .permissionRequested(let question): state.questions.append(question)
            case .permissionResolved(let answer): state.questions.removeAll { $0.requestID == answer.requestID }
            case .runCompleted, .runCancelled: state.questions = []
            default: break
            }
        }
    }

    /// Somebody may have been asked before we came.
    private func findOpenQuestions() async throws {
        let types: [EventType] = [.permissionRequested, .permissionResolved, .runCompleted, .runCancelled]
        var position = SequenceNumber.start
        while true {
            let page = try await attached.store.read(attached.session.id, types: types, after: position, limit: 1000)
            guard let last = page.last else { return }
            for event in page { note(event.payload) }
            position = last.seq
        }
    }

    // MARK: - What is typed

    private func listen(beginningWith first: String?) async throws -> Ending {
        if let first { try await send(first) }
        let state = state
        while true {
            if let question = state.value.withLock({ $0.questions.first }) {
                await answer(question)
                continue
            }
            let line = await keyboard.line {
                state.value.withLock { $0.isOver || !$0.questions.isEmpty }
            }
            try Task.checkCancellation()
            guard let line else {
                if state.value.withLock({ $0.questions.isEmpty }) { return .left }
                continue
            }
            if line.allSatisfy(\.isWhitespace) { continue }
            if ["exit", "quit", "/exit", "/quit"].contains(line.trimmingCharacters(in: .whitespaces)) { return .left }
            try await send(line)
        }
    }

    /// What cannot be sent is said, and the person may try again.
    private func send(_ text: String) async throws {
        signals.forget()
        let key = UUID().uuidString
        state.value.withLock { _ = $0.ownPrompts.insert(key) }
        let prompt = Prompt([.text(text)], idempotencyKey: key)
        do { _ = try await attached.session.prompt(prompt) } catch let error as SessionError {
            screen.line("  \(error)")
        } catch let error as StoreError { screen.line("  \(error)") }
    }

    private func answer(_ question: PermissionRequested) async {
        let dialogue = PermissionDialogue(keyboard: keyboard, screen: screen)
        let (state, signals) = (state, signals)
        let isOver: @Sendable () -> Bool = {
            signals.wasInterrupted
                || state.value.withLock { $0.isOver || !$0.questions.contains { $0.requestID == question.requestID } }
        }
        let answer = await dialogue.ask(question, unless: isOver)
        let isOpen = state.value.withLock { state in
            guard let index = state.questions.firstIndex(where: { $0.requestID == question.requestID }) else {
                return false
            }
            state.questions.remove(at: index)
            return !state.isOver
        }
        // Somebody else may have been quicker, or the run was cancelled meanwhile.
        if isOpen, !signals.wasInterrupted { try? await attached.session.answer(question.requestID, answer) }
    }
}
