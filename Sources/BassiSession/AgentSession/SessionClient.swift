import BassiEvents
import BassiStore

/// The only way into a session, for every surface: the terminal, the server, an editor, a program.
public protocol SessionClient: Sendable {
    /// The session.
    var id: SessionID { get }
    /// Stores a prompt and returns once it is durable; the run goes on by itself.
    func prompt(_ prompt: Prompt) async throws -> PromptReceipt
    /// Ends the run that goes on, with all its tools and their processes. Does nothing where none goes on.
    func cancel(reason: String) async throws
    /// Answers a permission. The first answer wins; a later one throws ``SessionError/alreadyAnswered(_:)``.
    func answer(_ request: RequestID, _ answer: PermissionAnswer) async throws
    /// Answers a question of the model. The first answer wins, as with permissions.
    func answer(_ request: RequestID, _ answer: QuestionAnswer) async throws
    /// Goes on: with a run that was interrupted, or with prompts that wait after a cancel.
    func resume() async throws
    /// Asks another model, `provider/model`, from the next request on; the conversation goes on with it.
    func switchModel(to name: String) async throws
    /// A cursor over the session's log.
    func follow(after: SequenceNumber, where: EventFilter, slow: SlowReaderPolicy) -> Subscription
}

/// What somebody says to an agent.
public struct Prompt: Sendable, Equatable {
    /// What happens while another run goes on.
    public enum WhenBusy: String, Sendable, CaseIterable {
        /// It starts the next run.
        case queue
        /// It is put before the model at the next turn of this run.
        case steer
        /// It is refused with ``SessionError/busy``.
        case reject
    }

    /// What is said.
    public var content: [ContentBlock]
    /// What happens while another run goes on.
    public var whenBusy: WhenBusy
    /// The same key again starts nothing and gets the same answer.
    public var idempotencyKey: String?

    /// A prompt.
    public init(_ content: [ContentBlock], whenBusy: WhenBusy = .queue, idempotencyKey: String? = nil) {
        self.content = content
        self.whenBusy = whenBusy
        self.idempotencyKey = idempotencyKey
    }

    /// A prompt of text.
    public init(_ text: String) { self.init([.text(text)]) }
}

/// That a prompt is durable, and what answers it.
public struct PromptReceipt: Sendable, Equatable {
    /// The run that answers it.
    public let runID: RunID
    /// The position of its `prompt_received`.
    public let seq: SequenceNumber
}

/// A person's answer to a permission.
public struct PermissionAnswer: Sendable, Equatable {
    /// Whether the call may run.
    public var decision: PermissionVerdict
    /// For how long the answer holds.
    public var scope: PermissionScope
    /// The rule that holds from now on, for a scope beyond `once`.
    public var rule: String?
    /// Another input, which is checked from the start.
    public var input: JSONValue?
    /// Why.
    public var reason: String?
    /// Whether a denial ends the run.
    public var stopsRun: Bool
    /// Who answered.
    public var client: String?

    /// An answer.
    public init(
        _ decision: PermissionVerdict, scope: PermissionScope = .once, rule: String? = nil, input: JSONValue? = nil,
        reason: String? = nil, stopsRun: Bool = false, client: String? = nil
    ) {
        self.decision = decision
        self.scope = scope
        self.rule = rule
        self.input = input
        self.reason = reason
        self.stopsRun = stopsRun
        self.client = client
    }
}

/// Why a session did not do what it was asked.
public enum SessionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing was ever stored for this session.
    case unknownSession(SessionID)
    /// A run goes on, and the prompt was not to wait.
    case busy
    /// The question was answered before, or was never asked.
    case alreadyAnswered(RequestID)
    /// The answer does not fit the questions; the text says why.
    case invalidAnswer(String)
    /// The rule would allow more than what was asked, or something else.
    case ruleNotOffered(String)
    /// The session's owner has ended; the reason says why.
    case ended(String)
    /// A prompt without words.
    case emptyPrompt
    /// Nobody runs the session now, so nobody can be reached.
    case notOwned(SessionID)
    /// A command is stored and nobody has taken it yet; the text says why.
    case stored(SessionID, String)
    /// What the owner of the session, in another process, said.
    case refused(String)
    /// A limit on cost was set for a model whose price nobody knows.
    case unknownPrice(String)

    /// One sentence with the next step.
    public var description: String {
        switch self {
        case .invalidAnswer(let problem): "the answer does not fit: \(problem)"
        case .ruleNotOffered(let rule): "the rule \(rule) is not one of those that the question offers"
        case .unknownSession(let id): "there is no session \(id): `bassi sessions list` shows them"
        case .busy: "a run goes on in this session: wait for it, or cancel it"
        case .alreadyAnswered(let id): "nobody waits for an answer to '\(id)': it was answered before"
        case .ended(let reason): "the session is not open any more: \(reason)"
        case .emptyPrompt: "the prompt is empty: say what is to be done"
        case .notOwned(let id): "nobody runs session \(id) now: `bassi --resume \(id)` goes on with it"
        case .stored(let id, let reason):
            "\(reason): the command is stored, and whoever runs the session next takes it (`bassi --resume \(id)`)"
        case .refused(let sentence): sentence
        case .unknownPrice(let model):
            "the cost of '\(model)' cannot be limited, since its price is not known: set it under 'prices' in the "
                + "settings, or leave out the limit"
        }
    }
}
