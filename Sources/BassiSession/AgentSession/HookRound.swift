import BassiEvents
import BassiPermissions

/// The hooks before one call, in their order: a denial ends the round, a changed input begins it anew.
struct HookRound: Sendable {
    /// What a round came to.
    struct Outcome: Sendable {
        /// The events that say what each hook did.
        var events: [EventPayload] = []
        /// The call, with the input that holds now.
        var call: ToolCallRequest
        /// A hook allowed it.
        var saidAllow = false
        /// A hook wants a person to decide.
        var saidAsk = false
        /// A hook denied it, or a changed input was not valid; the reason.
        var denial: String?
    }

    /// Inputs that hooks may put in place of each other before the call is denied.
    static let modificationsMax = 2

    let hooks: [ToolHook]
    /// Checks an input as if the model had sent it; throws a sentence.
    let recheck: @Sendable (ToolCallRequest, JSONValue) throws -> ToolCallRequest

    func run(_ call: ToolCallRequest) async -> Outcome {
        var outcome = Outcome(call: call)
        var modifications = 0
        var next = 0
        while next < hooks.count, outcome.denial == nil {
            let hook = hooks[next]
            next += 1
            let start = ContinuousClock.now
            let decision = await hook.decision(for: outcome.call)
            let milliseconds = (ContinuousClock.now - start).milliseconds
            record(decision, of: hook, milliseconds, in: &outcome)
            guard case .modify(let input) = decision, input != outcome.call.input else { continue }
            modifications += 1
            guard modifications <= Self.modificationsMax else {
                outcome.denial = "hooks changed the input more than \(Self.modificationsMax) times"
                break
            }
            do {
                outcome.call = try recheck(outcome.call, input)
                (outcome.saidAllow, outcome.saidAsk, next) = (false, false, 0)
            } catch {
                outcome.denial = "the hook \(hook.name) changed the input to one that is not valid: \(error)"
            }
        }
        return outcome
    }

    private func record(
        _ decision: HookDecision, of hook: ToolHook, _ milliseconds: Int, in outcome: inout Outcome
    ) {
        var verdict = HookVerdict.none
        var (reason, input): (String?, JSONValue?) = (nil, nil)
        switch decision {
        case .none: break
        case .allow: (verdict, outcome.saidAllow) = (.allow, true)
        case .ask(let why): (verdict, reason, outcome.saidAsk) = (.ask, why, true)
        case .modify(let changed): (verdict, input) = (.modify, changed)
        case .deny(let why):
            outcome.denial = why
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

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int { Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) }
}
