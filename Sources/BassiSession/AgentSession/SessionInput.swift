import BassiEvents
import BassiModels
import BassiPermissions
import BassiTools
import Synchronization

/// One thing that comes to a session's owner: from a client, the model, a tool, a hook or a timer.
enum SessionInput: Sendable {
    case prompt(Prompt, Reply<PromptReceipt>)
    case cancel(reason: String, by: Actor, Reply<Void>?)
    case answer(RequestID, PermissionAnswer, Reply<Void>)
    case answerQuestion(RequestID, QuestionAnswer, Reply<Void>)
    case resume(Reply<Void>)
    case switchModel(String, Reply<Void>)
    case close(endReason: String?, Reply<Void>)
    /// The same once nothing goes on.
    case finish(Reply<Void>)

    case modelPart(request: SequenceNumber, ModelPart)
    case modelEnded(request: SequenceNumber, Result<Void, any Error>)
    case hooksEnded(ToolID, HookRound.Outcome)
    case toolOutput(ToolID, ToolStream, String)
    case toolEnded(ToolID, Result<ToolResult, ToolError>, changes: [EventPayload], RunID?)
    case question(ToolID, [Question], Reply<QuestionAnswered>)
    case askUnconfined(ToolID, reason: String, Reply<Bool>)
    case delegate(ToolID, AgentDefinition, String, Reply<Delegation>)
    case delegationEnded(ToolID, SubagentCompleted)
    /// Another of those that share the budget has ended a request.
    case budgetFreed
    case startBackground(BackgroundWork, Reply<String>)
    case backgroundOutput(ToolID, ToolStream, String)
    case backgroundKept(BackgroundOutput)
    case backgroundEnded(BackgroundEnded)
    case afterHooksEnded(ToolID, [EventPayload], stopReason: String?)
    case commandHooksEnded(Int, [HookSet.Answer])
    case timer(Int)
}

/// The way back to a client that waits. The first answer counts: what fails after it is the session's, not the client's.
final class Reply<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value, any Error>?>

    init(continuation: CheckedContinuation<Value, any Error>) { waiting = Mutex(continuation) }

    func callAsFunction(_ value: Value) { take()?.resume(returning: value) }
    func fail(_ error: any Error) { take()?.resume(throwing: error) }

    private func take() -> CheckedContinuation<Value, any Error>? {
        waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
    }
}

extension Reply where Value == Void {
    func callAsFunction() { self(()) }
}

extension SessionInput {
    /// Whether it is a part of a stream: those become events and nothing else, so several can be taken at once.
    var isOfStream: Bool {
        switch self {
        case .modelPart, .toolOutput, .backgroundOutput: true
        case .prompt, .cancel, .answer, .answerQuestion, .question, .askUnconfined, .resume, .switchModel, .close,
            .finish, .modelEnded, .hooksEnded, .toolEnded, .afterHooksEnded, .commandHooksEnded, .startBackground,
            .backgroundKept, .backgroundEnded, .delegate, .delegationEnded, .budgetFreed, .timer:
            false
        }
    }

    /// Tells a client that its command comes too late.
    func refuse(_ error: SessionError) {
        switch self {
        case .prompt(_, let reply): reply.fail(error)
        case .cancel(_, _, let reply): reply?.fail(error)
        case .askUnconfined(_, _, let reply): reply.fail(error)
        case .question(_, _, let reply): reply.fail(error)
        case .answer(_, _, let reply), .answerQuestion(_, _, let reply), .resume(let reply), .switchModel(_, let reply):
            reply.fail(error)
        case .startBackground(_, let reply): reply.fail(error)
        case .delegate(_, _, _, let reply): reply.fail(error)
        // Whoever wants it closed has what he wants.
        case .close(_, let reply), .finish(let reply): reply()
        case .modelPart, .modelEnded, .hooksEnded, .toolOutput, .toolEnded, .afterHooksEnded, .commandHooksEnded,
            .backgroundOutput, .backgroundKept, .backgroundEnded, .delegationEnded, .budgetFreed, .timer:
            break
        }
    }
}
