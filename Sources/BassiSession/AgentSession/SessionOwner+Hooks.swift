import BassiEvents
import BassiPermissions
import BassiTools

/// Hooks that are commands: what they are asked and told, and what becomes of their answers. Those before a call are in
/// ``HookRound``.
extension SessionOwner {
    /// How long the session's end waits for its hooks.
    private static let endLimit = Duration.seconds(5)
    /// Times that hooks may send the model on when it has said its last word.
    private static let stopBlocksMax = 3
    /// The client of what a hook says to the model in place of a person.
    static let hookClient = "hook"

    private var hooks: HookSet? { configuration.hooks }

    /// What every hook is told.
    var hookCircumstances: JSONObject {
        var object = JSONObject()
        // A sub-agent's hooks belong to the session that the person knows, as in the format that people have.
        object["session_id"] = .string((configuration.delegated?.root ?? id).description)
        object["cwd"] = .string(configuration.folder)
        object["permission_mode"] = .string(configuration.permissionMode.rawValue)
        if let place = configuration.delegated {
            object["agent_id"] = .string(id.description)
            object["agent_type"] = .string(place.agent)
        }
        return object
    }

    /// Tells that somebody is waited for.
    func notify(_ kind: String, _ message: String) {
        var members = JSONObject()
        members["message"] = .string(message)
        members["notification_type"] = .string(kind)
        launchHooks(.notification, about: [kind], members)
    }

    /// Asks the hooks of an event beside what goes on; false where there are none.
    @discardableResult
    func launchHooks(
        _ event: HookEvent, for purpose: Activity.HookPurpose = .told, about subjects: [String] = [],
        _ members: JSONObject = JSONObject()
    ) -> Bool {
        guard let child = hookChild(event, for: purpose, about: subjects, members) else { return false }
        launch(child)
        return true
    }

    /// The child task that asks them.
    private func hookChild(
        _ event: HookEvent, for purpose: Activity.HookPurpose, about subjects: [String], _ members: JSONObject
    ) -> Child? {
        guard let hooks, hooks.has(event) else { return nil }
        let input = HookInputs.joined(hookCircumstances, members, event)
        let (number, stopper, inbox) = (activity.nextHooks, Stopper(), inbox)
        activity.nextHooks += 1
        activity.hooks[number] = (purpose, stopper)
        return {
            let answers = try? await stopper.run { await hooks.ask(event, about: subjects, input) }
            inbox.post(.commandHooksEnded(number, answers ?? []))
        }
    }

    func take(_ answers: [HookSet.Answer], ofHooks number: Int) async throws {
        guard let (purpose, _) = activity.hooks.removeValue(forKey: number) else { return }
        try await append(answers.map { $0.event(for: purpose.toolID) })
        guard activity.closing == nil, state.run != nil || purpose.isOutsideOfRun else { return }
        if let reason = answers.lazy.compactMap(\.reply.stopReason).first, state.run != nil {
            return try await cancel(.cancelled(reason: reason, by: Actor(kind: .hook)))
        }
        let block = answers.first { $0.reply.verdict == .block }
        switch purpose {
        case .told, .start: break
        case .prompt(let seq): if let block { try await withhold(seq, block) }
        case .stop: try await goOn(block)
        case .permission(let call, let decision): try await obey(answers, call, since: decision)
        }
    }

    // MARK: - The session

    /// What is told when the session opens; the first request waits for it. A sub-agent begins once.
    func sessionStartHooks() -> Child? {
        if let place = configuration.delegated {
            let isNew = state.idempotencyKeys.isEmpty
            return isNew ? hookChild(.subagentStart, for: .start, about: [place.agent], JSONObject()) : nil
        }
        let source = state.head.rawValue <= 1 ? "startup" : "resume"
        var members = JSONObject()
        members["source"] = .string(source)
        members["model"] = .string(models.current.name)
        return hookChild(.sessionStart, for: .start, about: [source], members)
    }

    /// Asked and awaited: nothing else goes on any more.
    func runSessionEndHooks(_ reason: String) async throws {
        guard let hooks, hooks.has(.sessionEnd), configuration.delegated == nil else { return }
        var members = JSONObject()
        members["reason"] = .string(reason)
        let input = HookInputs.joined(hookCircumstances, members, .sessionEnd)
        let answers = await hooks.ask(.sessionEnd, about: [reason], input, atMost: Self.endLimit)
        try await append(answers.map { $0.event() })
    }

    // MARK: - Prompts, and the model's last word

    /// Asks about prompts that the model has not seen yet; false where there is nothing to ask. What another agent says to
    /// a sub-agent is no prompt of a person.
    func asksPromptHooks() -> Bool {
        if configuration.delegated != nil { activity.unhookedPrompts = [] }
        guard let (seq, text) = activity.unhookedPrompts.first else { return false }
        activity.unhookedPrompts.removeFirst()
        var members = JSONObject()
        members["prompt"] = .string(text)
        return launchHooks(.userPromptSubmit, for: .prompt(seq), members) || asksPromptHooks()
    }

    /// A prompt that a hook blocked never reaches a model.
    private func withhold(_ seq: SequenceNumber?, _ block: HookSet.Answer) async throws {
        if let seq {
            try await append([.promptWithdrawn(PromptWithdrawn(promptSeq: seq, by: Actor(kind: .hook)))])
        } else {
            let why = "a hook blocked the prompt: \(block.reply.reason ?? block.hook.name)"
            try await append([
                .error(ErrorOccurred(errorType: "prompt_blocked", errorMessage: why, retryable: false))
            ])
            try await endRun(.failed, reason: "prompt_blocked")
        }
    }

    /// Asks whether the run may end; false once they have let it.
    func asksStopHooks() async throws -> Bool {
        let event = configuration.delegated == nil ? HookEvent.stop : .subagentStop
        guard !activity.mayStop, configuration.hooks?.has(event) == true else { return false }
        var members = JSONObject()
        members["stop_hook_active"] = .bool(activity.stopBlocks > 0)
        members["last_assistant_message"] = .string(try await lastText())
        return launchHooks(event, for: .stop, about: [configuration.delegated?.agent].compactMap(\.self), members)
    }

    private func goOn(_ block: HookSet.Answer?) async throws {
        guard let block, activity.stopBlocks < Self.stopBlocksMax else { return activity.mayStop = true }
        activity.stopBlocks += 1
        let told = PromptReceived(
            content: [.text(block.reply.reason ?? "Go on.")], source: PromptSource(client: Self.hookClient),
            planMode: false, delivery: .steer)
        try await append([.promptReceived(told)])
    }

    // MARK: - Calls

    /// Asks the hooks that may answer in place of the person; false where there are none.
    func asksPermissionHooks(_ call: ToolCallRequest, since decision: Decision) -> Bool {
        guard
            launchHooks(
                .permissionRequest, for: .permission(call, since: decision), about: HookSet.subjects(of: call.toolName),
                HookSet.members(of: call))
        else { return false }
        activity.stages[call.toolID] = .deciding(Stopper())
        return true
    }

    private func obey(
        _ answers: [HookSet.Answer], _ call: ToolCallRequest, since reason: Decision
    ) async throws {
        guard case .deciding = activity.stages[call.toolID] else { return }
        activity.stages[call.toolID] = nil
        func decision(_ answer: HookSet.Answer) -> CallDecision {
            CallDecision(by: Actor(kind: .hook), hook: answer.hook.name, reason: answer.reply.reason)
        }
        if let block = answers.first(where: { $0.reply.verdict == .block }) {
            return try await deny(call, block.reply.reason ?? "a hook said no", decision(block))
        }
        let isUnsure = answers.contains { $0.reply.verdict == .ask || $0.reply.problem != nil }
        guard !isUnsure, let allow = answers.first(where: { $0.reply.verdict == .allow }) else {
            return try await askPerson(call, since: reason)
        }
        guard let input = allow.reply.newInput(of: call) else { return allowed(call, decision(allow)) }
        try await self.allow(input, in: call, decision(allow))
    }

    /// Tells the hooks of a call that has ended.
    func afterHookInput(
        _ request: ToolCallRequest, _ result: Result<ToolResult, ToolError>, _ milliseconds: Int
    ) -> (event: HookEvent, input: JSONObject) {
        var members = HookSet.members(of: request)
        members["duration_ms"] = .number(JSONNumber(milliseconds))
        let event: HookEvent
        switch result {
        case .success(let value):
            event = .postToolUse
            let text = value.content.compactMap(\.text).joined(separator: "\n")
            members["tool_response"] = ["content": .string(text), "structured": value.structured ?? .null]
        case .failure(let error):
            event = .postToolUseFailure
            members["error"] = .string(error.message)
            members["is_interrupt"] = .bool(error.outcome == .cancelled)
        }
        return (event, HookInputs.joined(hookCircumstances, members, event))
    }
}
