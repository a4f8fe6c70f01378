import BassiEvents
import BassiModels
import BassiTools

/// Where a session stands: a pure fold of its events.
///
/// Everything that decides what comes next reads this value and nothing else, so that going on after a crash, a fork
/// and a replay are not special paths. What is still open here is what ``closing(as:)`` ends.
public struct SessionState: Sendable, Equatable {
    /// The position of the last event folded in.
    public private(set) var head = SequenceNumber.start
    /// The model that is asked.
    public private(set) var model = AskedModel()
    /// What the session is; nil before its first event.
    public private(set) var metadata: SessionMetadata?
    /// The folder whose own files may start and allow things; nil where they may not.
    public private(set) var trustedFolder: String?
    /// The run that has no end yet.
    public private(set) var run: OpenRun?
    /// The model call that has no end yet.
    public private(set) var request: OpenRequest?
    /// Blocks that began and have no end yet, in the order in which they began.
    public private(set) var blocks: [OpenBlock] = []
    /// Tool calls that the model asked for and that have no result yet, in the order asked.
    public private(set) var calls: [OpenCall] = []
    /// Permissions that nobody has decided yet, in the order asked.
    public private(set) var permissions: [PermissionRequested] = []
    /// Questions of the model that nobody has answered yet, in the order asked.
    public private(set) var questions: [QuestionAsked] = []
    /// What was answered to questions of calls of the open run that have not ended.
    public private(set) var questionAnswers: [ToolID: QuestionAnswered] = [:]
    /// Sub-agents of calls of the open run that have not ended.
    public private(set) var subagents: [ToolID: OpenSubagent] = [:]
    /// Commands that go on in the background.
    public private(set) var background = OpenBackground()
    /// What was decided about calls of the open run that wait to start.
    public private(set) var answers: [ToolID: PermissionResolved] = [:]
    /// The rules that a person allowed for the rest of the session.
    public private(set) var sessionRules: [String] = []
    /// The prompts that were sent with a key, as they were answered.
    public private(set) var idempotencyKeys: [String: PromptReceipt] = [:]
    /// Prompts that wait for the run that goes on, in the order sent.
    public private(set) var waitingPrompts: [WaitingPrompt] = []

    /// The files that its calls have read or written, as they were then.
    public private(set) var files = SeenFiles()

    /// A session before its first event.
    public init() {}

    /// A session after these events.
    public init(folding log: some Sequence<Event>) {
        for event in log { apply(event) }
    }

    /// Whether the owner of an open run died, and nobody has resumed or ended it.
    public var isInterrupted: Bool { run?.isInterrupted == true }

    /// Takes the next event of the log. Every type is written out: a new one must say here what it changes.
    public mutating func apply(_ event: Event) {
        head = event.seq
        switch event.payload {
        case .sessionStarted(let started):
            metadata = started.metadata
            model.name = started.metadata.model
        case .promptReceived(let prompt): receive(prompt, event)
        case .promptWithdrawn(let withdrawn): waitingPrompts.removeAll { $0.seq == withdrawn.promptSeq }
        case .runStarted(let started): begin(started, event)
        case .runCompleted, .runCancelled: endRun()
        case .runInterrupted: run?.isInterrupted = true
        case .runResumed: resume()
        case .runPaused: run?.isPaused = true
        case .runUnpaused: run?.isPaused = false
        case .requestSent(let sent): begin(sent, event)
        case .requestEnded(let ended): end(ended)
        case .contentBlockStart(let start): begin(start)
        case .tokenDelta(let delta): extend(delta)
        case .contentBlockEnd(let ended): end(ended)
        case .toolCallStarted(let started): start(started, event)
        case .toolCallCompleted(let completed):
            complete(completed.toolID)
            for file in completed.files { files.see(file.path, sha256: file.sha256) }
        case .toolCallFailed(let failed): fail(failed)
        case .permissionRequested(let question): ask(question)
        case .permissionResolved(let answer): resolve(answer)
        case .questionAsked(let question): questions.append(question)
        case .questionAnswered(let answer): resolve(answer)
        case .messageCompleted(let message): complete(message)
        case .backgroundStarted(let start): background.begin(start, at: event.seq)
        case .backgroundOutput(let output): background.keep(output)
        case .backgroundEnded(let end): background.end(end)
        case .budgetWarning: run?.isWarned = true
        case .modelSwitched(let switched): take(switched)
        case .retryScheduled(let retry): take(retry)
        case .contextCompacted:
            run?.repairs.mustCompact = false
            run?.repairs.hasCompacted = true
            run?.attempts = 0
        case .trustChanged(let changed): trustedFolder = changed.trusted ? changed.path : nil
        case .subagentStarted(let start):
            if let toolID = start.toolID { subagents[toolID] = OpenSubagent(start: start) }
        case .subagentCompleted(let end):
            run?.delegated.apply(event.payload)
            for (toolID, agent) in subagents where agent.start.childSessionID == end.childSessionID {
                subagents[toolID]?.isOver = true
            }
        // Those of the other session go on for it: a copy starts its own.
        case .sessionForked(let fork): if fork.fromSessionID != nil { subagents = [:] }
        case .sessionEnded, .sessionUpdated, .redacted, .planGenerated, .error, .toolOutputDelta, .inDoubtResolved,
            .fileChanged, .hookExecuted, .hookDenied, .unknown:
            break
        }
    }

    /// Takes what a snapshot has beside its events: what lies between those is not folded again.
    mutating func restore(
        idempotencyKeys: [String: PromptReceipt], sessionRules: [String], model: AskedModel?, files: SeenFiles,
        backgroundCount: Int,
        head: SequenceNumber
    ) {
        self.idempotencyKeys.merge(idempotencyKeys) { $1 }
        self.model = model ?? self.model
        self.sessionRules = sessionRules
        self.files = files
        background.count = max(background.count, backgroundCount)
        self.head = max(self.head, head)
    }

    private mutating func receive(_ prompt: PromptReceived, _ event: Event) {
        if prompt.source.client == OutputSchema.client { run?.repairs.schemaFailures += 1 }
        waitingPrompts.append(WaitingPrompt(seq: event.seq, runID: event.runID, prompt: prompt))
        if let key = prompt.idempotencyKey, let run = event.runID, idempotencyKeys[key] == nil {
            idempotencyKeys[key] = PromptReceipt(runID: run, seq: event.seq)
        }
    }

    private mutating func begin(_ started: RunStarted, _ event: Event) {
        guard let id = event.runID else { return }
        run = OpenRun(id: id, seq: event.seq, startedAt: event.timestamp, limits: started.limits)
        run?.openingPrompt = waitingPrompts.first { $0.seq == event.causeSeq }?.prompt
        (model.name, model.isFallback) = (started.model, false)
        waitingPrompts.removeAll { $0.seq == event.causeSeq }
    }

    /// What was sent to steer the run is before the model now.
    private mutating func begin(_ sent: RequestSent, _ event: Event) {
        request = OpenRequest(
            seq: event.seq, attempt: sent.attempt, reservedUSD: sent.reservedUSD,
            estimatedInputTokens: sent.estimatedInputTokens)
        run?.own.apply(event.payload)
        run?.attempts = sent.attempt
        if sent.attempt == 1 { run?.turnBeganAt = event.timestamp }
        run?.lastMessage = nil
        run?.openingPrompt = nil
        waitingPrompts.removeAll { $0.prompt.delivery == .steer }
    }

    private mutating func begin(_ start: ContentBlockStart) {
        blocks.append(OpenBlock(start: start, text: ""))
    }

    /// Another model begins afresh: the tries of the one before do not count against it.
    private mutating func take(_ switched: ModelSwitched) {
        (model.name, model.isFallback) = (switched.to, switched.reason == ModelChain.fallback)
        run?.attempts = 0
    }

    private mutating func take(_ retry: RetryScheduled) {
        switch retry.errorType {
        case ModelError.Kind.contextExceeded.rawValue: run?.repairs.mustCompact = true
        case ModelError.Kind.signatureRefused.rawValue: run?.repairs.hasForgottenData = true
        default: break
        }
    }

    private mutating func endRun() {
        run = nil
        calls = []
        (answers, questionAnswers, subagents) = ([:], [:], [:])
    }

    /// Calls of a message that was cut are never run: the next attempt asks for its own.
    private mutating func end(_ ended: RequestEnded) {
        let sent = request?.seq ?? head
        run?.own.apply(.requestEnded(ended))
        if let usage = ended.usage, ended.outcome == .completed, let request {
            model.calibrate(counted: usage.promptTokens, estimated: request.estimatedInputTokens)
        }
        request = nil
        if ended.outcome != .completed { calls.removeAll { $0.attempt == 0 && $0.askedAt > sent } }
    }

    private mutating func extend(_ delta: TokenDelta) {
        guard let index = blocks.lastIndex(where: { $0.start.blockID == delta.blockID }) else { return }
        blocks[index].text += delta.delta
    }

    private mutating func end(_ ended: ContentBlockEnd) {
        guard let index = blocks.lastIndex(where: { $0.start.blockID == ended.blockID }) else { return }
        let start = blocks.remove(at: index).start
        guard ended.kind == .toolUse, ended.interrupted != true, let toolID = start.toolID else { return }
        calls.append(
            OpenCall(
                toolID: toolID, toolName: start.toolName ?? "", input: ended.toolInput ?? [:], askedAt: head,
                effect: nil, startedAt: nil, attempt: 0, places: []))
    }

    private mutating func start(_ started: ToolCallStarted, _ event: Event) {
        let askedAt = calls.first { $0.toolID == started.toolID }?.askedAt
        let call = OpenCall(started, event, askedAt: askedAt)
        if let index = calls.firstIndex(where: { $0.toolID == started.toolID }) {
            calls[index] = call
        } else {
            calls.append(call)
        }
    }

    /// The answer is about the call as it stands in the question: hooks may have changed it.
    private mutating func ask(_ question: PermissionRequested) {
        permissions.append(question)
        guard let index = calls.firstIndex(where: { $0.toolID == question.toolID }) else { return }
        calls[index].input = question.toolInput
        calls[index].places = question.places
    }

    private mutating func resume() {
        run?.isInterrupted = false
        run?.inDoubt = []
    }

    private mutating func complete(_ message: MessageCompleted) {
        run?.own.apply(.messageCompleted(message))
        run?.attempts = 0
        run?.repairs.complete(message.stopReason)
        run?.lastMessage = LastMessage(stopReason: message.stopReason, askedForTools: !calls.isEmpty)
    }

    private mutating func resolve(_ answer: PermissionResolved) {
        if let question = permissions.first(where: { $0.requestID == answer.requestID }) {
            answers[question.toolID] = answer
        }
        if answer.decision == .allow, answer.scope != .once, let rule = answer.rule { sessionRules.append(rule) }
        permissions.removeAll { $0.requestID == answer.requestID }
    }

    private mutating func resolve(_ answer: QuestionAnswered) {
        if let toolID = questions.first(where: { $0.requestID == answer.requestID })?.toolID {
            questionAnswers[toolID] = answer
        }
        questions.removeAll { $0.requestID == answer.requestID }
    }

    private mutating func complete(_ toolID: ToolID) {
        if let call = calls.first(where: { $0.toolID == toolID }), call.toolName == OutputSchema.toolName {
            run?.answer = call.input
        }
        calls.removeAll { $0.toolID == toolID }
        subagents[toolID] = nil
        run?.repeatedFailure = nil
    }

    /// Counts what fails in the same way again and again; a denial is a person's word and no failure.
    private mutating func fail(_ failed: ToolCallFailed) {
        defer { calls.removeAll { $0.toolID == failed.toolID } }
        subagents[failed.toolID] = nil
        if failed.outcome == .inDoubt { run?.inDoubt.append(failed.toolID) }
        if failed.toolName == OutputSchema.toolName { run?.repairs.schemaFailures += 1 }
        guard [.failed, .timedOut].contains(failed.outcome),
            let call = calls.first(where: { $0.toolID == failed.toolID })
        else { return }
        let known = run?.repeatedFailure
        let isSame = known?.toolName == call.toolName && known?.input == call.input
        run?.repeatedFailure = RepeatedFailure(
            toolName: call.toolName, input: call.input, count: isSame ? (known?.count ?? 0) + 1 : 1)
    }
}
