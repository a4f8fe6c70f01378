import BassiEvents
import BassiModels
import BassiStore

/// What the model is sent: a pure fold of a session's events into messages.
///
/// It is sound at every point of every log: each tool call in it has one result, what broke off is marked or left out,
/// and nothing is sent twice (agent-loop, "After a crash").
public struct Conversation: Sendable, Equatable {
    private enum Entry: Sendable, Equatable {
        case user([ContentBlock])
        case assistant([ModelBlock])
    }

    private var entries: [(seq: SequenceNumber, entry: Entry)] = []
    private var results: [ToolID: ToolResultMessage] = [:]
    private var prompts: [(seq: SequenceNumber, prompt: PromptReceived)] = []
    private var blocks: [ModelBlock] = []
    private var starts: [BlockID: ContentBlockStart] = [:]
    private var partial: [ModelBlock] = []
    private var mayGoOnUnchanged = false
    private var runStart = SequenceNumber.start
    private var plan: String?
    private var background = BackgroundNews()
    /// The ids of all calls so far: some providers count from the start in each message.
    public private(set) var toolIDs: Set<ToolID> = []

    /// The events that a conversation is made of; the other ones need not be read for it.
    static let types = EventFilter.types(
        .promptReceived, .promptWithdrawn, .runStarted, .requestSent, .contentBlockStart, .contentBlockEnd,
        .requestEnded, .messageCompleted, .retryScheduled, .runInterrupted, .runCancelled, .runCompleted,
        .toolCallCompleted, .toolCallFailed, .contextCompacted, .hookExecuted, .hookDenied,
        .planGenerated, .backgroundStarted, .backgroundEnded)

    /// A conversation before its first word.
    public init() {}

    /// The conversation of these events.
    public init(folding log: some Sequence<Event>) {
        for event in log { apply(event) }
    }

    /// Takes the next event of the log.
    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .promptReceived(let prompt): prompts.append((event.seq, prompt))
        case .promptWithdrawn(let withdrawn): prompts.removeAll { $0.seq == withdrawn.promptSeq }
        case .runStarted:
            runStart = event.seq
            takePrompts(event.seq) { $0.seq == event.causeSeq }
        case .requestSent:
            takePrompts(event.seq) { $0.prompt.delivery == .steer }
            takeBackground(event.seq)
            // The next attempt answers afresh: what the last one had said is not put before it.
            (blocks, partial) = ([], [])
        case .contentBlockStart(let start):
            starts[start.blockID] = start
            if let toolID = start.toolID { toolIDs.insert(toolID) }
        case .contentBlockEnd(let end): take(end)
        case .requestEnded(let ended):
            if ended.outcome != .completed { partial = Self.salvaged(blocks) }
            if ended.outcome != .completed { blocks = [] }
        case .messageCompleted(let message): finish(message, event.seq)
        case .runInterrupted, .runCancelled, .runCompleted: keepPartial(event.seq)
        case .backgroundStarted(let start): background.begin(start)
        case .backgroundEnded(let end): background.end(end)
        case .toolCallCompleted(let completed):
            background.hear(completed)
            results[completed.toolID] = ToolResultMessage(
                toolID: completed.toolID, toolName: completed.toolName, content: completed.result, isError: false)
        case .toolCallFailed(let failed):
            let content = failed.result.isEmpty ? [.text(failed.error.message)] : failed.result
            results[failed.toolID] = ToolResultMessage(
                toolID: failed.toolID, toolName: failed.toolName, content: content, isError: true)
        case .contextCompacted(let compacted): compact(compacted)
        case .planGenerated(let generated): plan = generated.planText
        case .hookExecuted(let hook): hear(hook.additionalContext, of: hook.hookName, event.seq)
        case .hookDenied(let hook): take(hook, event.seq)
        case .retryScheduled(let retry):
            if retry.errorType == ModelError.Kind.signatureRefused.rawValue { forgetProviderData() }
        case .sessionStarted, .sessionEnded, .sessionForked, .sessionUpdated, .trustChanged, .redacted,
            .runResumed, .runPaused, .runUnpaused, .budgetWarning, .modelSwitched, .tokenDelta,
            .error, .toolCallStarted, .toolOutputDelta, .backgroundOutput, .inDoubtResolved,
            .permissionRequested, .permissionResolved, .questionAsked, .questionAnswered, .fileChanged,
            .subagentStarted, .subagentCompleted, .unknown:
            break
        }
    }

    /// The messages for the next request: the results stand directly after the message that asked for them.
    public var messages: [ModelMessage] {
        var messages = entries.flatMap { self.messages(of: $0.entry) }
        // A model goes on with its own words only after a pause that it asked for; others refuse such a request.
        if case .assistant = messages.last, !mayGoOnUnchanged { messages.append(.user([.text(Self.goOn)])) }
        return messages
    }

    private func messages(of entry: Entry) -> [ModelMessage] {
        switch entry {
        case .user(let content): return [.user(content)]
        case .assistant(let blocks):
            let asked = blocks.compactMap(Self.call)
            return [.assistant(blocks)] + (asked.isEmpty ? [] : [.toolResults(asked.map(result))])
        }
    }

    /// The text of the model's last message.
    public var lastText: String {
        for (_, entry) in entries.reversed() {
            guard case .assistant(let blocks) = entry else { continue }
            return blocks.compactMap { if case .text(let text) = $0.content { text } else { nil } }.joined(
                separator: "\n")
        }
        return ""
    }

    private static let goOn = "Your last answer was interrupted there. Go on."

    // MARK: - Folding

    private mutating func takePrompts(
        _ seq: SequenceNumber, where isDue: ((seq: SequenceNumber, prompt: PromptReceived)) -> Bool
    ) {
        for due in prompts.filter(isDue) { entries.append((seq, .user(due.prompt.content))) }
        prompts.removeAll(where: isDue)
        mayGoOnUnchanged = false
    }

    private mutating func take(_ end: ContentBlockEnd) {
        guard let start = starts.removeValue(forKey: end.blockID) else { return }
        let data = end.providerData.flatMap { ProviderData(json: $0) }
        switch end.kind {
        case .text:
            let text = end.text ?? ""
            guard end.interrupted == true else {
                blocks.append(ModelBlock(.text(text), providerData: data))
                break
            }
            blocks.append(ModelBlock(.text(text + Self.interruptedMark(text))))
        // What is unfinished of these means nothing to anybody.
        // One that lost a secret is not what was signed any more.
        case .thinking where end.interrupted != true && end.thinking?.contains(Redactor.mark) != true:
            blocks.append(ModelBlock(.thinking(end.thinking ?? ""), providerData: data))
        case .toolUse where end.interrupted != true:
            let id = start.toolID ?? ToolID("")
            blocks.append(
                ModelBlock(
                    .toolUse(id, name: start.toolName ?? "", input: end.toolInput ?? [:]), providerData: data))
        case .opaque where end.interrupted != true: blocks.append(ModelBlock(.opaque, providerData: data))
        case .thinking, .toolUse, .opaque: break
        }
    }

    private static func interruptedMark(_ text: String) -> String { text.isEmpty ? "" : " [interrupted]" }

    /// A turn that the model refused is left out: sent again, it would be refused again.
    private mutating func finish(_ message: MessageCompleted, _ seq: SequenceNumber) {
        defer { blocks = [] }
        guard message.stopReason != .refusal, !blocks.isEmpty else { return }
        entries.append((seq, .assistant(blocks)))
        mayGoOnUnchanged = message.stopReason == .pauseTurn
    }

    /// Calls of a message that broke off were never run, and its thinking has no end.
    private static func salvaged(_ blocks: [ModelBlock]) -> [ModelBlock] {
        blocks.compactMap { block in
            guard case .text(let text) = block.content, !text.isEmpty else { return nil }
            return text.hasSuffix("[interrupted]") ? block : ModelBlock(.text(text + " [interrupted]"))
        }
    }

    private mutating func keepPartial(_ seq: SequenceNumber) {
        if !partial.isEmpty { entries.append((seq, .assistant(partial))) }
        partial = []
    }

    /// A summary stands where the events stood. What was signed over what stood there is not what it was any more.
    private mutating func compact(_ compacted: ContextCompacted) {
        let range = compacted.fromSeq...max(compacted.fromSeq, compacted.toSeq)
        let at = entries.firstIndex { range.contains($0.seq) } ?? entries.count
        entries.removeAll { range.contains($0.seq) }
        // A plan is not left to a summary.
        let plan = plan.map { "\n\nThe plan, as it stands:\n\($0)" } ?? ""
        entries.insert((compacted.toSeq, .user([.text(compacted.summary + plan)])), at: at)
        forgetProviderData()
    }

    /// From here on the conversation is as if another provider had had it: every dialect sends such a one without
    /// thinking and signatures.
    private mutating func forgetProviderData() {
        for at in entries.indices {
            guard case .assistant(let blocks) = entries[at].entry else { continue }
            entries[at].entry = .assistant(blocks.map { ModelBlock($0.content) })
        }
    }

    /// What can be summarised so that about so many tokens stay as they are: neither the first prompt nor the last
    /// turns. Nil where there is nothing between them.
    func cut(keepingTokens: Int) -> ContextCut? {
        let sizes = entries.map { entry in messages(of: entry.entry).reduce(0) { $0 + $1.estimatedTokens } }
        var (end, kept) = (entries.count, 0)
        while end > 1, end == entries.count || kept + sizes[end - 1] <= keepingTokens {
            end -= 1
            kept += sizes[end]
        }
        guard end > 1, let last = entries[..<end].last else { return nil }
        return ContextCut(
            fromSeq: entries[1].seq, toSeq: last.seq, messages: entries[1..<end].flatMap { messages(of: $0.entry) })
    }

    /// What ended in the background stands behind all that the model has seen: it is told once, with its next request.
    private mutating func takeBackground(_ seq: SequenceNumber) {
        guard let news = background.take() else { return }
        entries.append((seq, .user([.text(news)])))
        mayGoOnUnchanged = false
    }

    // MARK: - Hooks

    /// What a hook has to say stands behind what it was told of.
    private mutating func hear(_ words: String?, of hook: String, _ seq: SequenceNumber) {
        guard let words, !words.isEmpty else { return }
        entries.append((seq, .user([.text("The hook \(hook) says: \(words)")])))
        mayGoOnUnchanged = false
    }

    /// A blocked prompt is not in the conversation; why a result was blocked is.
    private mutating func take(_ denial: HookDenied, _ seq: SequenceNumber) {
        switch denial.hookEvent {
        case "UserPromptSubmit": entries.removeAll { $0.seq == runStart }
        case "PostToolUse", "PostToolUseFailure": hear(denial.reason, of: denial.hookName, seq)
        default: break
        }
    }

    // MARK: - Results

    private static func call(_ block: ModelBlock) -> (ToolID, String)? {
        if case .toolUse(let id, let name, _) = block.content { (id, name) } else { nil }
    }

    private func result(of call: (id: ToolID, name: String)) -> ToolResultMessage {
        results[call.id]
            ?? ToolResultMessage(
                toolID: call.id, toolName: call.name, content: [.text("This call never ran.")], isError: true)
    }

    /// Whether two folds say the same to a model.
    public static func == (left: Conversation, right: Conversation) -> Bool { left.messages == right.messages }
}
