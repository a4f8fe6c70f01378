import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// Permissions that a person is asked for.
extension SessionOwner {
    /// - Parameter decision: Why.
    func askPerson(_ call: ToolCallRequest, since decision: Decision) async throws {
        let requestID = RequestID("perm_\(UUIDv7())")
        activity.stages[call.toolID] = .asking(call)
        try await append([
            .permissionRequested(
                PermissionRequested(
                    requestID: requestID, toolID: call.toolID, toolName: call.toolName, toolInput: call.input,
                    suggestedRules: policy.suggestedRules(for: call),
                    expiresAt: configuration.canAsk ? answerExpiry : .now,
                    places: call.resolved.compactMap { path in
                        path.place.map { CallPlace(path: path.path, place: $0) }
                    }, reason: decision.reason, rule: decision.rule))
        ])
        guard configuration.canAsk else { return try await expire(requestID) }
        wait(for: requestID, toUse: call.toolName)
    }

    /// A command that the sandbox kept from its work: whether it runs outside of it the person alone decides, whatever the
    /// rules, the hooks and the mode say, and for this once.
    func askUnconfined(_ toolID: ToolID, _ reason: String, _ reply: Reply<Bool>) async throws {
        guard activity.closing == nil, case .running(let call, _, _) = activity.stages[toolID] else {
            return reply.fail(CancellationError())
        }
        let requestID = RequestID("perm_\(UUIDv7())")
        activity.unconfinedReplies[requestID] = reply
        try await append([
            .permissionRequested(
                PermissionRequested(
                    requestID: requestID, toolID: toolID, toolName: call.toolName, toolInput: call.input,
                    expiresAt: answerExpiry, unconfined: true, reason: reason))
        ])
        wait(for: requestID, toUse: "\(call.toolName) outside of the sandbox")
    }

    private func wait(for requestID: RequestID, toUse what: String) {
        setAlarm(.answer(requestID), after: configuration.answerDeadline)
        notify("permission_prompt", "Bassi needs your permission to use \(what)")
    }

    /// When a question that is asked now is not waited for any more.
    var answerExpiry: Timestamp {
        Timestamp(milliseconds: Timestamp.now.milliseconds + Int64(configuration.answerDeadline.milliseconds))
    }

    /// Goes on waiting for what was asked by an owner before, no longer than that one would have.
    func waitForAnswer(to requestID: RequestID, until expiry: Timestamp?) {
        guard !activity.waits(for: .answer(requestID)) else { return }
        let left = expiry.map { max(0, $0.milliseconds - Timestamp.now.milliseconds) }
        setAlarm(.answer(requestID), after: left.map { .milliseconds($0) } ?? configuration.answerDeadline)
    }

    /// Nobody has answered in time, or nobody is there: that counts as no.
    func expire(_ requestID: RequestID) async throws {
        if state.questions.contains(where: { $0.requestID == requestID }) { return try await withdraw(requestID) }
        let why = state.permissions.first { $0.requestID == requestID }?.reason
        let nobody = configuration.canAsk ? "nobody answered in time" : "nobody can be asked"
        let reason = why.map { "\(nobody). \($0)" } ?? nobody
        try await resolve(
            requestID, PermissionAnswer(.deny, reason: reason), by: Actor(kind: .timeout))
    }

    func take(_ requestID: RequestID, _ answer: PermissionAnswer, _ reply: Reply<Void>) async throws {
        guard let question = state.permissions.first(where: { $0.requestID == requestID }) else {
            return passOn(requestID, reply) { try await $0.answer(requestID, answer) }
        }
        var answer = answer
        // What was asked is what has failed, and nothing else.
        if question.unconfined == true { (answer.input, answer.rule, answer.scope) = (nil, nil, .once) }
        if answer.decision == .allow, answer.scope != .once {
            // Never broader than what was asked.
            if let rule = answer.rule, !question.suggestedRules.contains(rule) {
                return reply.fail(SessionError.ruleNotOffered(rule))
            }
            answer.rule = answer.rule ?? question.suggestedRules.first
            if answer.rule == nil { answer.scope = .once }
        }
        try await resolve(
            requestID, answer, by: Actor(kind: .user, client: answer.client ?? configuration.client))
        reply()
        if answer.decision == .deny, answer.stopsRun {
            try await cancel(.cancelled(reason: "a permission was denied", by: Actor(kind: .user)))
        }
    }

    private func resolve(_ requestID: RequestID, _ answer: PermissionAnswer, by actor: Actor) async throws {
        guard let question = state.permissions.first(where: { $0.requestID == requestID }) else { return }
        turnOff { $0 == .answer(requestID) }
        let resolved = PermissionResolved(
            requestID: requestID, decision: answer.decision, scope: answer.scope, rule: answer.rule, by: actor,
            modifiedInput: answer.input, reason: answer.reason)
        try await append([.permissionResolved(resolved)], until: .durable)
        try await save(resolved)
        if let reply = activity.unconfinedReplies.removeValue(forKey: requestID) {
            return reply(resolved.decision == .allow)
        }
        guard case .asking(let request) = activity.stages[question.toolID] else { return }
        activity.stages[question.toolID] = nil
        try await obey(resolved, request, askedBy: question.rule)
    }

    /// Keeps a rule that is to hold for longer than the session. Where that fails it holds for the session.
    private func save(_ answer: PermissionResolved) async throws {
        guard answer.decision == .allow, [.project, .always].contains(answer.scope), let rule = answer.rule else {
            return
        }
        do { try await configuration.saveRule?(rule, answer.scope) } catch {
            try await append([
                .error(ErrorOccurred(errorType: "rule_not_saved", errorMessage: "\(error)", retryable: false))
            ])
        }
    }

    /// - Parameter askRule: The rule that wanted an answer: where nobody gave one, it decided.
    func obey(
        _ answer: PermissionResolved, _ request: ToolCallRequest, askedBy askRule: String? = nil
    ) async throws {
        let rule = answer.rule ?? (answer.by.kind == .timeout ? askRule : nil)
        let decision = CallDecision(by: answer.by, rule: rule, reason: answer.reason)
        guard answer.decision == .allow else {
            let who = answer.by.kind == .user ? "the person said no" : nil
            let reason = [who, answer.reason].compactMap(\.self).joined(separator: ": ")
            return try await deny(request, reason.isEmpty ? "it was not allowed" : reason, decision)
        }
        guard let input = answer.modifiedInput else { return allowed(request, decision) }
        try await allow(input, in: request, decision)
    }
}
