import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import Foundation
import Synchronization

/// A conversation at a terminal with a session, whoever owns it: others may speak to it at the same time, so everything
/// that is shown comes from the log, and everything that is typed goes to the owner.
struct LiveTalk: Sendable {
    enum Ending: Sendable { case left, sessionEnded }

    let session: any SessionClient
    let store: any EventStore
    let signals: CancelSignals
    let screen: PlainScreen
    /// An owner that leaves ends what goes on, so it stays until that has ended.
    let isOwner: Bool
    /// Returns once nobody owns the session any more.
    let waitForEnd: @Sendable () async throws -> Void
    private let keyboard = Keyboard()
    private let work = Work()

    /// How often one who leaves looks whether everything has ended.
    private static let leavingPoll = Duration.milliseconds(50)

    private final class Work: Sendable {
        private let state = Mutex(OpenWork())

        func with<Value: Sendable>(_ body: (inout sending OpenWork) -> sending Value) -> Value {
            state.withLock { body(&$0) }
        }
    }

    init(
        session: any SessionClient, store: any EventStore, signals: CancelSignals, screen: PlainScreen, isOwner: Bool,
        waitForEnd: @escaping @Sendable () async throws -> Void
    ) {
        self.session = session
        self.store = store
        self.signals = signals
        self.screen = screen
        self.isOwner = isOwner
        self.waitForEnd = waitForEnd
    }

    private var dialogue: PermissionDialogue { PermissionDialogue(keyboard: keyboard, screen: screen) }

    /// Until the person leaves, or the session has no owner any more.
    func run(beginningWith first: String?, offeringToGoOn isInterrupted: Bool) async throws -> Ending {
        let head = try await foldLog()
        if isInterrupted, await dialogue.yes("The last run was interrupted. Go on with it?") == true {
            try await session.resume()
        } else {
            work.with { $0.hold() }
        }
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { try await show(after: head) }
            group.addTask {
                try await waitForEnd()
                return .sessionEnded
            }
            group.addTask { try await listen(beginningWith: first) }
            defer {
                work.with { $0.isOver = true }
                group.cancelAll()
            }
            return try await group.next() ?? .left
        }
    }

    // MARK: - What comes

    private func show(after head: SequenceNumber) async throws -> Ending {
        let watch = SubagentWatch(store: store, screen: screen) { event, start in
            work.with { $0.apply(event, of: start) }
        }
        try await withThrowingDiscardingTaskGroup { group in
            // They went on before we came, and what they did then is not shown.
            for start in work.with({ Array($0.subagents.values) }) {
                group.addTask { try await watch.run(start, showsPast: false) }
            }
            var view = RunView(screen: screen)
            for try await delivery in session.follow(after: head, where: .all, slow: .lossless) {
                guard case .event(let told) = delivery else { continue }
                let event = try await store.withWholeQuestion(told)
                show(event, in: &view)
                guard case .subagentStarted(let start) = event.payload else { continue }
                group.addTask { try await watch.run(start, showsPast: true) }
            }
            group.cancelAll()
        }
        return .sessionEnded
    }

    private func show(_ event: Event, in view: inout RunView) {
        if case .promptReceived(let prompt) = event.payload, !work.with({ $0.isOwn(prompt) }) {
            screen.line("\n> " + prompt.content.compactMap(\.text).joined(separator: "\n"))
        }
        if case .runStarted = event.payload { signals.forget() }
        let isAside = if case .backgroundEnded = event.payload { work.with { $0.isIdle } } else { false }
        if isAside { screen.write("\n") }
        view.show(event)
        work.with { $0.apply(event) }
        if event.payload.endsRun || isAside { mark() }
    }

    /// Says that a line may be typed, where nothing else is said just now.
    private func mark() {
        let (isIdle, held) = work.with { ($0.isIdle && !$0.isOver, $0.heldPrompts) }
        guard isIdle else { return }
        if held > 0 {
            let (prompts, them) = held == 1 ? ("1 prompt waits", "it") : ("\(held) prompts wait", "them")
            screen.line("  \(prompts): Enter on an empty line sends \(them) on, what you type comes after \(them)")
        }
        screen.write("\n> ")
    }

    /// Where the log ends. A run may go on, and somebody may have been asked, before we came.
    private func foldLog() async throws -> SequenceNumber {
        let head = try await store.head(of: session.id) ?? .start
        var position = SequenceNumber.start
        while true {
            let page = try await store.read(session.id, types: OpenWork.types, after: position, limit: 1000)
            guard let last = page.last else { return head }
            for event in page where event.seq <= head {
                let whole = try await store.withWholeQuestion(event)
                work.with { $0.apply(whole) }
            }
            position = last.seq
        }
    }

    // MARK: - What is typed

    private func listen(beginningWith first: String?) async throws -> Ending {
        if let first { try await send(first) } else { mark() }
        let work = work
        while true {
            try Task.checkCancellation()
            if let question = work.with({ $0.questions.first }) {
                await answer(question)
                continue
            }
            let line = await keyboard.line { work.with { $0.isOver || !$0.questions.isEmpty } }
            if line == nil, work.with({ !$0.isOver && !$0.questions.isEmpty }) { continue }
            guard let line else { return try await leave() }
            switch TypedLine(line) {
            case .leave: return try await leave()
            case .nothing: try await sendOn()
            case .model(let name): try await switchModel(to: name)
            case .help: say(TypedLine.usage)
            case .unknownCommand(let word): say("  There is no command \(word): /help shows those that there are.")
            case .prompt: try await send(line)
            }
        }
    }

    private func say(_ text: String) {
        screen.line(text)
        mark()
    }

    /// Prompts that a cancel left behind go on when the person says so.
    private func sendOn() async throws {
        guard work.with({ $0.release() }) else { return mark() }
        try await saying { try await session.resume() }
    }

    private func switchModel(to name: String) async throws {
        if name.isEmpty {
            return say("  /model PROVIDER/MODEL asks another model from now on; `bassi models` lists them")
        }
        try await saying { try await session.switchModel(to: name) }
        mark()
    }

    /// Does what can be refused, and says so where it is.
    private func saying(_ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            if case SessionError.ended = error { throw error }
            guard error is SessionError || error is StoreError || error is ModelNameError else { throw error }
            screen.line("  \(error)")
        }
    }

    private func leave() async throws -> Ending {
        if isOwner, work.with({ !$0.isIdle }) { screen.dim("  leaving once the run has ended · Ctrl-C cancels it") }
        while isOwner, work.with({ !$0.isIdle }) {
            if let question = work.with({ $0.questions.first }) {
                await answer(question)
            } else {
                try await Task.sleep(for: Self.leavingPoll)
            }
        }
        return .left
    }

    /// What cannot be sent is said, and the person may try again. A session that has ended is no matter of trying again.
    private func send(_ text: String) async throws {
        signals.forget()
        let key = UUID().uuidString
        work.with { $0.send(key) }
        var isSent = false
        try await saying {
            _ = try await session.prompt(Prompt([.text(text)], idempotencyKey: key))
            isSent = true
        }
        if isSent { return }
        work.with { $0.giveUp(key) }
        mark()
    }

    /// Who answers, for those who see it: the owner's own client is known to it.
    private var client: String? { isOwner ? nil : "attached terminal" }

    private func answer(_ question: OpenQuestion) async {
        let (work, signals) = (work, signals)
        let isOver: @Sendable () -> Bool = {
            signals.wasInterrupted || work.with { $0.isOver || !$0.isOpen(question) }
        }
        switch question.kind {
        case .permission(let asked):
            var answer = await dialogue.ask(asked, by: question.subagent?.agent, unless: isOver)
            answer.client = client
            // Somebody else may have been quicker, or the run was cancelled meanwhile.
            guard work.with({ $0.take(question) }), !signals.wasInterrupted else { return }
            try? await session.answer(asked.requestID, answer)
        case .question(let asked):
            // A terminal that is closed leaves every question unanswered.
            var answer =
                await QuestionDialogue(dialogue).ask(asked, by: question.subagent?.agent, unless: isOver)
                ?? QuestionAnswer(JSONObject())
            answer.client = client
            guard work.with({ $0.take(question) }), !signals.wasInterrupted else { return }
            try? await session.answer(asked.requestID, answer)
        }
    }
}
