import BassiEvents
import BassiModels
import BassiStore
import Foundation

/// What clients ask for, and how runs begin and end.
extension SessionOwner {
    func take(_ prompt: Prompt, _ reply: Reply<PromptReceipt>) async throws {
        // It is the next owner's.
        if activity.isEndingBackground { return reply.fail(SessionError.ended(Self.closed)) }
        if let key = prompt.idempotencyKey, let receipt = state.idempotencyKeys[key] { return reply(receipt) }
        let isEmpty = prompt.content.allSatisfy { $0.text?.allSatisfy(\.isWhitespace) ?? false }
        guard !isEmpty else { return reply.fail(SessionError.emptyPrompt) }
        // Nobody resumed the run that was interrupted: the new prompt ends it.
        if state.isInterrupted { try await supersede() }
        let isBusy = state.run != nil
        if isBusy, prompt.whenBusy == .reject { return reply.fail(SessionError.busy) }
        let delivery: PromptDelivery = !isBusy ? .start : prompt.whenBusy == .steer ? .steer : .queued
        let runID = delivery == .steer ? state.run?.id ?? RunID() : RunID()
        activity.holdsQueue = false
        let received = PromptReceived(
            content: prompt.content, source: PromptSource(client: configuration.client), planMode: false,
            idempotencyKey: prompt.idempotencyKey, delivery: delivery)
        do {
            try await append([.promptReceived(received)], run: runID, until: .durable)
        } catch let error as BlobError {
            // Nothing was stored: the session goes on without it.
            return reply.fail(error)
        }
        if delivery == .steer { activity.unhookedPrompts.append((state.head, prompt.content.plainText)) }
        reply(PromptReceipt(runID: runID, seq: state.head))
    }

    func startRun(_ waiting: WaitingPrompt) async throws {
        let before = state.model
        models.restore()
        let model = models.current.name
        let started = RunStarted(
            model: model, limits: configuration.limits, nodeID: Self.nodeID, leaseEpoch: Int(lease.epoch))
        let switched = switched(from: before.name, before.isFallback ? ModelChain.restored : ModelChain.user)
        try await append([.runStarted(started)] + switched, run: waiting.runID ?? RunID(), cause: waiting.seq)
        beginLedger(of: configuration.limits)
        activity.unhookedPrompts.insert((nil, waiting.prompt.content.plainText), at: 0)
        if let seconds = configuration.limits.timeoutS { setAlarm(.runLimit, after: .seconds(seconds)) }
    }

    func endRun(_ outcome: RunOutcome, reason: String?) async throws {
        let end = runEnd(outcome, reason: reason)
        try await append([.runCompleted(end)], until: .durable)
        runHasEnded()
    }

    /// The end of the run that goes on, as far as it has come.
    func runEnd(_ outcome: RunOutcome, reason: String?) -> RunCompleted {
        let run = state.run
        let used = run?.total ?? RunUse()
        let milliseconds = run.map { max(0, Timestamp.now.milliseconds - $0.startedAt.milliseconds) } ?? 0
        return RunCompleted(
            outcome: outcome, reason: reason, turns: used.turns, usage: used.usage, costUSD: used.costUSD,
            durationMilliseconds: Int(milliseconds))
    }

    private func runHasEnded() {
        turnOff { _ in true }
        activity.stages = [:]
        activity.outputs = [:]
        activity.secretInputs = [:]
        activity.ownCalls = []
        activity.decisions = [:]
        activity.unhookedPrompts = []
        (activity.mayStop, activity.stopBlocks) = (false, 0)
        activity.closing = nil
        activity.waitsForBudget = false
    }

    /// Stops everything that goes on; the log is closed once all of it has stopped.
    func cancel(_ reason: ClosingReason) async throws {
        guard state.run != nil, activity.closing == nil else { return }
        activity.closing = reason
        if !state.waitingPrompts.isEmpty, case .cancelled = reason { activity.holdsQueue = true }
        turnOff { _ in true }
        activity.stopAll()
        if activity.isBusy { setAlarm(.stopNow, after: Self.stopDeadline) }
    }

    func finishClosing(_ reason: ClosingReason) async throws {
        let spent = activity.model?.spent
        activity.model = nil
        activity.afterHooks = [:]
        activity.hooks = [:]
        try await append(await changesOfCutCalls() + state.closing(as: reason, at: .now, spent: spent), until: .durable)
        runHasEnded()
    }

    func resume(_ reply: Reply<Void>) async throws {
        activity.holdsQueue = false
        if let run = state.run, run.isInterrupted {
            let before = state.model.name
            models.goOn(with: before)
            let resumed = RunResumed(nodeID: Self.nodeID, leaseEpoch: Int(lease.epoch), inDoubt: run.inDoubt)
            try await append([.runResumed(resumed)] + switched(from: before, ModelChain.user), until: .durable)
            try await restoreLedger(of: run)
            activity.unhookedPrompts = unsentPrompts()
            if let seconds = run.limits.timeoutS { setAlarm(.runLimit, after: .seconds(seconds)) }
        }
        reply()
    }

    /// Prompts that no model has seen: whether hooks were asked about them, or had not answered when their owner was
    /// killed, nobody knows, so they are asked again.
    private func unsentPrompts() -> [(SequenceNumber?, String)] {
        let opening = (state.run?.openingPrompt).map { [(SequenceNumber?.none, $0.content.plainText)] } ?? []
        let steering = state.waitingPrompts.filter { $0.prompt.delivery == .steer }
        return opening + steering.map { ($0.seq, $0.prompt.content.plainText) }
    }

    /// Asks another model from the next request on. What the one that answers now says still counts.
    func switchModel(_ name: String, _ reply: Reply<Void>) async throws {
        let model: ProviderRegistry.Found
        do { model = try configuration.found(name) } catch { return reply.fail(error) }
        let before = state.model.name
        models.choose(model)
        try await append(switched(from: before, ModelChain.user))
        reply()
    }

    /// What the log says where another model is asked than before.
    private func switched(from before: String?, _ reason: String) -> [EventPayload] {
        let model = models.current.name
        guard let before, before != model else { return [] }
        return [.modelSwitched(ModelSwitched(from: before, to: model, reason: reason))]
    }

    private func supersede() async throws {
        let reason = ClosingReason.cancelled(reason: "superseded", by: Actor(kind: .system))
        try await append(await changesOfCutCalls() + state.closing(as: reason, at: .now), until: .durable)
    }

    /// What calls of an earlier owner did to files that will not run again.
    private func changesOfCutCalls() async throws -> [EventPayload] {
        try await cutCalls.events(of: state.calls.filter { !activity.isRunning($0.toolID) })
    }

    /// Ends the owner: at once where nothing goes on, else once the run is called off and its children have stopped.
    func close(_ endReason: String?, _ reply: Reply<Void>) async throws {
        activity.closeRequests.append(Activity.CloseRequest(endReason: endReason, reply: reply))
        if state.run != nil, !state.isInterrupted {
            try await cancel(.cancelled(reason: "the session was closed", by: Actor(kind: .system)))
        }
        if activity.closing == nil { try await finishClose() }
    }

    /// What was asked for by ``close(_:_:)``, now that nothing goes on.
    func finishClose() async throws {
        guard !activity.closeRequests.isEmpty, backgroundHasEnded() else { return }
        try await runSessionEndHooks(activity.closeRequests.compactMap(\.endReason).first ?? "closed")
        if let reason = activity.closeRequests.compactMap(\.endReason).first {
            try await append([.sessionEnded(SessionEnded(reason: reason))], until: .durable)
        }
        end(Self.closed)
        for request in activity.closeRequests { request.reply() }
        activity.closeRequests = []
    }

    /// The same for who wanted that nothing is called off for it, once nothing goes on.
    func finishCloseAtRest() async throws {
        let goesOn = state.run.map { !$0.isInterrupted } ?? false
        if activity.closesAtRest, !goesOn { try await finishClose() }
    }

    /// The machine's name as the kernel has it: `ProcessInfo.hostName` may ask a name server.
    static let nodeID: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}

extension [ContentBlock] {
    /// Their texts, a line each.
    var plainText: String { compactMap(\.text).joined(separator: "\n") }
}
