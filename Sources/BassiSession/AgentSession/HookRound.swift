import BassiEvents
import BassiPermissions

/// The hooks before one call: closures in their order, then commands at the same time. A denial ends the round, a
/// changed input begins it anew.
struct HookRound: Sendable {
    /// What a round came to.
    struct Outcome: Sendable {
        /// The events that say what each hook did.
        var events: [EventPayload] = []
        /// The call, with the input that holds now.
        var call: ToolCallRequest
        /// The hook that allowed it.
        var allowedBy: String?
        /// The hook that wants a person to decide.
        var askedBy: String?
        /// Why it does.
        var askReason: String?
        /// A hook denied it, or a changed input was not valid; the reason.
        var denial: String?
        /// The hook that denied it.
        var deniedBy: String?
        /// A hook wants the run to end; why.
        var stopReason: String?

        /// The first that wants a person is named.
        fileprivate mutating func note(ask hook: String, _ reason: String?) {
            if askedBy == nil { (askedBy, askReason) = (hook, reason) }
        }
    }

    /// Inputs that hooks may put in place of each other before the call is denied.
    static let modificationsMax = 2

    let hooks: [ToolHook]
    let commands: HookSet?
    /// What commands are told beside the call.
    let circumstances: JSONObject
    /// Checks an input as if the model had sent it; throws a sentence.
    let recheck: @Sendable (ToolCallRequest, JSONValue) throws -> ToolCallRequest

    func run(_ call: ToolCallRequest) async -> Outcome {
        var outcome = Outcome(call: call)
        var modifications = 0
        while outcome.denial == nil, let change = await askAll(&outcome) {
            modifications += 1
            guard modifications <= Self.modificationsMax else {
                outcome.denial = "hooks changed the input more than \(Self.modificationsMax) times"
                outcome.deniedBy = change.hook
                break
            }
            do {
                outcome.call = try recheck(outcome.call, change.input)
                (outcome.allowedBy, outcome.askedBy, outcome.askReason) = (nil, nil, nil)
            } catch {
                outcome.denial = "the hook \(change.hook) changed the input to one that is not valid: \(error)"
                outcome.deniedBy = change.hook
            }
        }
        return outcome
    }

    /// Asks each hook once, up to the first that denies or changes the input; that change.
    private func askAll(_ outcome: inout Outcome) async -> (hook: String, input: JSONValue)? {
        for hook in hooks {
            let start = ContinuousClock.now
            let decision = await hook.decision(for: outcome.call)
            let milliseconds = (ContinuousClock.now - start).milliseconds
            record(decision, of: hook, milliseconds, in: &outcome)
            if outcome.denial != nil { return nil }
            if case .modify(let input) = decision, input != outcome.call.input { return (hook.name, input) }
        }
        return await askCommands(&outcome)
    }

    /// They run at the same time; of several that change the input the first counts.
    private func askCommands(_ outcome: inout Outcome) async -> (hook: String, input: JSONValue)? {
        let call = outcome.call
        let input = HookInputs.joined(circumstances, HookSet.members(of: call), .preToolUse)
        let answers = await commands?.ask(.preToolUse, about: HookSet.subjects(of: call.toolName), input) ?? []
        var change: (String, JSONValue)?
        for answer in answers {
            let (reply, name) = (answer.reply, answer.hook.name)
            outcome.events.append(answer.event(for: call.toolID))
            outcome.stopReason = outcome.stopReason ?? reply.stopReason
            if let problem = reply.problem { outcome.note(ask: name, problem) }
            switch reply.verdict {
            case .allow: outcome.allowedBy = outcome.allowedBy ?? name
            case .ask: outcome.note(ask: name, reply.reason)
            case .block where outcome.denial == nil:
                (outcome.denial, outcome.deniedBy) = (reply.reason ?? "it gave no reason", name)
            case .block, nil: break
            }
            if change == nil, let input = reply.newInput(of: call) { change = (name, input) }
        }
        return outcome.denial == nil ? change : nil
    }

    private func record(
        _ decision: HookDecision, of hook: ToolHook, _ milliseconds: Int, in outcome: inout Outcome
    ) {
        var verdict = HookVerdict.none
        var (reason, input): (String?, JSONValue?) = (nil, nil)
        switch decision {
        case .none: break
        case .allow: (verdict, outcome.allowedBy) = (.allow, outcome.allowedBy ?? hook.name)
        case .ask(let why):
            (verdict, reason) = (.ask, why)
            outcome.note(ask: hook.name, why)
        case .modify(let changed): (verdict, input) = (.modify, changed)
        case .deny(let why):
            (outcome.denial, outcome.deniedBy) = (why, hook.name)
            outcome.events.append(
                .hookDenied(
                    HookDenied(hookName: hook.name, hookEvent: "PreToolUse", toolID: outcome.call.toolID, reason: why)))
            return
        }
        outcome.events.append(
            .hookExecuted(
                HookExecuted(
                    hookName: hook.name, hookEvent: "PreToolUse", toolID: outcome.call.toolID, decision: verdict,
                    modifiedInput: input, reason: reason, durationMilliseconds: milliseconds)))
    }
}

/// What commands of hooks read on standard input.
enum HookInputs {
    /// The members of an event behind those that all events have.
    static func joined(_ circumstances: JSONObject, _ members: JSONObject, _ event: HookEvent) -> JSONObject {
        var object = circumstances
        object["hook_event_name"] = .string(event.rawValue)
        for member in members.members { object[member.key] = member.value }
        return object
    }
}
