import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTools

/// Owns the state of one session. It takes one input at a time, appends what follows from it, and only then takes the
/// next: no two inputs ever interleave. Model streams, tools, hooks and timers are its child tasks and speak to it
/// through the inbox like everybody else.
///
/// What happens next is decided by ``LoopStep`` from the log alone; this actor performs.
actor SessionOwner {
    /// A child task that an input led to.
    typealias Child = @Sendable () async -> Void

    /// How long children may take to stop before the log is closed without their last words.
    static let stopDeadline = Duration.seconds(2)
    /// Why it takes nothing any more when that was wanted.
    static let closed = "it was closed"

    let id: SessionID
    let lease: Lease
    let configuration: AgentConfiguration
    var models: ModelChain
    let executor: ToolExecutor
    let files: FileMemory
    let inbox = Inbox<SessionInput>(capacity: 64)
    /// Opens when the owner takes nothing any more.
    let hasEnded = Latch()
    /// Opens when it has taken its first input.
    private let hasBegun = Latch()
    let redactor: Redactor
    let blobs: any BlobStore
    let store: any EventStore
    let drafting: EventDrafting

    var state: SessionState
    var conversation: Conversation?
    var activity = Activity()
    let background: BackgroundSet
    /// What the run that goes on has spent, with all that work for it or for which it works.
    var ledger: RunLedger
    /// What sub-agents of the run had used before this owner went on with it.
    var usedBefore = RunUse()
    private var children: [Child] = []
    private var nextAlarm = 0
    var snapshotSeq: SequenceNumber
    var isKeepingSnapshot = false
    /// Why nothing is taken any more, and who waits for that.
    private var endReason: String?

    init(
        _ opened: OpenedSession, configuration: AgentConfiguration, models: ModelChain, store: any EventStore
    ) {
        id = opened.id
        lease = opened.lease
        state = opened.state
        conversation = opened.conversation
        snapshotSeq = opened.snapshotSeq
        self.configuration = configuration
        self.models = models
        self.store = store
        let answer = configuration.outputSchema.map { OutputSchema($0).tool }
        let registry = ToolRegistry(configuration.tools + [answer].compactMap(\.self))
        executor = ToolExecutor(registry.offeringBackground(), resolver: configuration.resolver)
        background = BackgroundSet(inbox: inbox)
        ledger = configuration.delegated?.ledger ?? RunLedger(limits: configuration.limits)
        files = FileMemory(opened.state.files)
        redactor = configuration.redactor
        blobs = store.blobs
        drafting = EventDrafting(session: opened.id, redactor: redactor, blobs: blobs)
    }

    // MARK: - The loop

    /// Runs until it is closed, or until the store takes no more.
    func run() async {
        let mailbox = mailbox
        await withDiscardingTaskGroup { group in
            if let mailbox { group.addTask { await mailbox.run() } }
            if let hooks = sessionStartHooks() { group.addTask(operation: hooks) }
            while endReason == nil {
                let inputs = await inbox.next()
                if inputs.isEmpty { break }
                hasBegun.open()
                for step in Self.steps(inputs) {
                    await take(step)
                    for child in children { group.addTask(operation: child) }
                    children = []
                }
            }
            hasEnded.open()
            let ended = SessionError.ended(endReason ?? Self.closed)
            for input in inbox.close() {
                input.refuse(ended)
                if case .toolEnded(_, _, let changes, let run) = input { await keepLate(changes, of: run) }
            }
            for request in activity.closeRequests { request.reply.fail(ended) }
            activity.closeRequests = []
            activity.stopAll()
            background.stopAll()
            ledger.leave(id)
            group.cancelAll()
        }
        await store.releaseLease(lease)
    }

    /// Where other processes leave their commands; nil where the store has no place for them.
    private var mailbox: Mailbox? {
        guard let table = store as? any CommandTable else { return nil }
        return Mailbox(
            table: table, lease: lease, inbox: inbox, hasBegun: hasBegun, openedAt: state.head
        ) { [weak self] in await self?.openRun }
    }

    /// What came together, in order: parts of one stream as one step, so that they become one append.
    private static func steps(_ inputs: [SessionInput]) -> [[SessionInput]] {
        var steps: [[SessionInput]] = []
        for input in inputs {
            if input.isOfStream, steps.last?.last?.isOfStream == true {
                steps[steps.count - 1].append(input)
            } else {
                steps.append([input])
            }
        }
        return steps
    }

    private func take(_ step: [SessionInput]) async {
        guard let first = step.first else { return }
        if let endReason { return first.refuse(.ended(endReason)) }
        do {
            if first.isOfStream {
                try await append(DeltaPieces.joined(step.flatMap(events)))
            } else {
                try await take(first)
            }
            if endReason == nil { try await advance() }
            keepSnapshotIfDue()
        } catch {
            endReason = "\(error)"
            first.refuse(.ended("\(error)"))
        }
    }

    /// Why the owner has ended; nil while it has not.
    var failure: String? { endReason }

    /// The tokens and money of the run that goes on.
    var openRun: OpenRun? { state.run }

    func end(_ reason: String) { endReason = reason }

    private func take(_ input: SessionInput) async throws {
        switch input {
        case .prompt(let prompt, let reply): try await take(prompt, reply)
        case .cancel(let reason, let actor, let reply):
            try await cancel(.cancelled(reason: reason, by: actor))
            reply?()
        case .answer(let request, let answer, let reply): try await take(request, answer, reply)
        case .answerQuestion(let request, let answer, let reply): try await take(request, answer, reply)
        case .question(let toolID, let questions, let reply): try await ask(questions, of: toolID, reply)
        case .askUnconfined(let toolID, let reason, let reply): try await askUnconfined(toolID, reason, reply)
        case .resume(let reply): try await resume(reply)
        case .switchModel(let name, let reply): try await switchModel(name, reply)
        case .close(let reason, let reply): try await close(reason, reply)
        case .finish(let reply):
            activity.closesAtRest = true
            activity.closeRequests.append(Activity.CloseRequest(endReason: nil, reply: reply))
        case .modelPart, .toolOutput, .backgroundOutput: break
        case .modelEnded(let request, let result): try await modelEnded(request, result)
        case .hooksEnded(let toolID, let outcome): try await take(outcome, for: toolID)
        case .toolEnded(let toolID, let result, let changes, let run):
            try await toolEnded(toolID, result, changes, run)
        case .delegate(let toolID, let agent, let prompt, let reply): try await begin(toolID, agent, prompt, reply)
        case .delegationEnded(let toolID, let end): try await ended(toolID, end)
        case .budgetFreed: activity.waitsForBudget = false
        case .startBackground(let work, let reply): try await start(work, reply)
        case .backgroundKept(let output): try await kept(output)
        case .backgroundEnded(let end): try await ended(end)
        case .afterHooksEnded(let toolID, let events, let stopReason):
            try await takeAfterHooks(of: toolID, events, stopReason)
        case .commandHooksEnded(let number, let answers): try await take(answers, ofHooks: number)
        case .timer(let number): try await ring(number)
        }
    }

    /// The events that a part of a stream becomes.
    private func events(of input: SessionInput) -> [EventPayload] {
        switch input {
        case .modelPart(let request, let part): events(of: part, in: request)
        case .toolOutput(let toolID, let stream, let text):
            outputDeltas(of: toolID, stream, text)
        // Without secrets already.
        case .backgroundOutput(let toolID, let stream, let text) where state.background.runs(toolID):
            [.toolOutputDelta(ToolOutputDelta(toolID: toolID, stream: stream, delta: text))]
        default: []
        }
    }

    /// Does what comes next until there is something to wait for.
    private func advance() async throws {
        while endReason == nil, !activity.isEndingBackground {
            if let reason = activity.closing {
                if activity.isBusy { return }
                try await finishClosing(reason)
                try await finishClose()
                continue
            }
            switch LoopStep(after: state) {
            case .rest: return try await finishCloseAtRest()
            case .startRun(let waiting):
                if activity.holdsQueue { return try await finishCloseAtRest() }
                try await startRun(waiting)
            case .askModel(let attempt):
                let mustWait = activity.waits(for: .retry) || activity.waitsForBudget || activity.isBusy
                if mustWait || asksPromptHooks() { return }
                try await askModel(attempt: attempt)
            case .handleCalls:
                guard try await handleCalls() else { return }
            case .endRun(let outcome, let reason):
                if activity.isBusy { return }
                if outcome == .completed, try await repairsAnswer() { continue }
                if outcome == .completed, try await asksStopHooks() { return }
                try await endRun(outcome, reason: reason)
            }
        }
    }

    // MARK: - Children and timers

    /// Starts a child task once the input at hand is dealt with.
    func launch(_ child: @escaping Child) { children.append(child) }

    /// Rings once, after a while, unless it is turned off before.
    func setAlarm(_ alarm: Activity.Alarm, after wait: Duration) {
        nextAlarm += 1
        let (number, stopper, clock, inbox) = (nextAlarm, Stopper(), configuration.clock, inbox)
        activity.alarms[number] = (alarm, stopper)
        launch {
            guard (try? await stopper.run { try await clock.sleep(for: wait) }) != nil else { return }
            inbox.post(.timer(number))
        }
    }

    func turnOff(where isOver: (Activity.Alarm) -> Bool) {
        for (number, entry) in activity.alarms where isOver(entry.alarm) {
            entry.stopper.stop()
            activity.alarms[number] = nil
        }
    }

    private func ring(_ number: Int) async throws {
        guard let entry = activity.alarms.removeValue(forKey: number) else { return }
        switch entry.alarm {
        case .retry: break
        case .runLimit: try await cancel(.limit(runEnd(.limit, reason: "timeout")))
        case .answer(let request): try await expire(request)
        case .backgroundOverdue: try await giveUpBackground()
        case .stopNow:
            // Something does not stop: the log does not wait for it.
            if let reason = activity.closing { try await finishClosing(reason) }
            try await finishClose()
        }
    }
}
