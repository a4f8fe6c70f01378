import BassiEvents
import BassiPermissions

/// Something a model may ask for. A tool never sees the store: it gets an input and returns a result.
///
///     struct Clock: Tool {
///         let name = "clock"
///         let description = "Tells the time."
///         let inputSchema: JSONValue = ["type": "object", "properties": [:]]
///         func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult { .text("\(Timestamp.now)") }
///     }
public protocol Tool: Sendable {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    var name: String { get }
    /// What it does and when to use it, for the model.
    var description: String { get }
    /// The JSON Schema of its input, an object. Inputs are checked against it before anybody is asked.
    var inputSchema: JSONValue { get }
    /// How far it reaches.
    var reach: ToolReach { get }
    /// What running it twice with this input would do: decides what happens after a crash.
    func effect(of input: JSONValue) -> ToolEffect
    /// The paths that a call with this input touches, as they were given.
    func paths(in input: JSONValue) -> [String]
    /// The shell command of a call with this input, for a tool that runs one.
    func command(in input: JSONValue) -> String?
    /// Runs. A thrown error is a result for the model; cancelling the task must end the call.
    func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult
}

extension Tool {
    /// The whole machine, unless the tool says less.
    public var reach: ToolReach { .machine }
    /// A change that must not happen twice, unless the tool says less.
    public func effect(of input: JSONValue) -> ToolEffect { .write }
    /// None.
    public func paths(in input: JSONValue) -> [String] { [] }
    /// None.
    public func command(in input: JSONValue) -> String? { nil }
}

/// What a call knows of where it runs.
public struct ToolContext: Sendable {
    /// Asks questions of the person, as one request, and gives what came of it.
    public typealias Ask = @Sendable ([Question]) async throws -> QuestionAnswered
    /// Asks whether a command may run outside of the sandbox.
    public typealias AskUnconfined = @Sendable (_ reason: String) async throws -> Bool
    /// Gives a prompt to an agent, and gives what it came to.
    public typealias Delegate = @Sendable (_ agent: AgentDefinition, _ prompt: String) async throws -> ToolResult

    /// The call.
    public let toolID: ToolID
    /// The session's folder, absolute: relative paths start here.
    public let folder: String
    /// The home folder, for paths that begin with `~`.
    public let home: String
    /// The environment for child processes; secrets are taken out of it before a process gets it.
    public let environment: [String: String]
    /// What the session knows of the files that it has read.
    public let files: FileMemory
    /// 1, and one more each time the call runs again after a crash.
    public let attempt: Int
    /// What the log says of the places of the call.
    public let recorded: [CallPlace]
    /// Where the call's paths lead: what was decided about. Empty for a call that nobody decides about.
    var decided: [ResolvedPath] = []
    /// The session's commands in the background; nil where there can be none.
    public let background: (any BackgroundCommands)?
    /// Asks the person and waits for the answer; nil where nobody can be asked.
    public let ask: Ask?
    /// Asks the person, for a reason, whether what the sandbox kept from its work may run again outside of it, this once;
    /// nil where nobody can be asked.
    public let askUnconfined: AskUnconfined?
    /// Gives work to a sub-agent, in a session of its own; nil where there can be none.
    public let delegate: Delegate?
    /// Whether a rule keeps a file, relative to the folder or absolute, from the model: what searches many files leaves
    /// it out.
    public let isKept: @Sendable (String) -> Bool
    /// Takes output while the call runs, for those who watch. Awaiting it is the back-pressure.
    public let output: @Sendable (ToolStream, String) async throws -> Void

    /// A context.
    public init(
        toolID: ToolID, folder: String, home: String = "/", environment: [String: String] = [:],
        files: FileMemory = FileMemory(), background: (any BackgroundCommands)? = nil, ask: Ask? = nil,
        askUnconfined: AskUnconfined? = nil, delegate: Delegate? = nil, attempt: Int = 1, recorded: [CallPlace] = [],
        isKept: @escaping @Sendable (String) -> Bool = { _ in false },
        output: @escaping @Sendable (ToolStream, String) async throws -> Void = { _, _ in }
    ) {
        self.toolID = toolID
        self.folder = folder
        self.home = home
        self.environment = environment
        self.files = files
        self.attempt = attempt
        self.recorded = recorded
        self.background = background
        self.ask = ask
        self.askUnconfined = askUnconfined
        self.delegate = delegate
        self.isKept = isKept
        self.output = output
    }
}

/// What a call gave.
public struct ToolResult: Sendable, Equatable {
    /// What the model reads.
    public var content: [ContentBlock]
    /// The same for programs, where the tool has it.
    public var structured: JSONValue?
    /// How much was left out of `content`.
    public var truncated: Truncation?
    /// All of it, where something was left out: kept beside the log for people, and never read by the model.
    public var whole: String?
    /// The files that the call changed; the session keeps what they were, so that it can be taken back.
    public var changes: [FileChange] = []
    /// The files that the call has read or written whole, as they are now.
    public var seen: [SeenFile] = []
    /// The plan that the call made or changed.
    public var plan: PlanGenerated?

    /// A result.
    public init(
        _ content: [ContentBlock], structured: JSONValue? = nil, truncated: Truncation? = nil, whole: String? = nil
    ) {
        self.content = content
        self.structured = structured
        self.truncated = truncated
        self.whole = whole
    }

    /// A text.
    public static func text(_ text: String) -> ToolResult { ToolResult([.text(text)]) }
}

/// Why a call gave no result; the model reads it in place of one.
public struct ToolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A word for programs: `invalid_input`, `unknown_tool`, `not_found`, …
    public let type: String
    /// One sentence for the model and the person.
    public let message: String
    /// How the call ended.
    public let outcome: ToolFailureOutcome
    /// What there was until then.
    public let partial: [ContentBlock]

    /// An error.
    public init(
        _ type: String, _ message: String, outcome: ToolFailureOutcome = .failed, partial: [ContentBlock] = []
    ) {
        self.type = type
        self.message = message
        self.outcome = outcome
        self.partial = partial
    }

    /// The sentence.
    public var description: String { message }
}
