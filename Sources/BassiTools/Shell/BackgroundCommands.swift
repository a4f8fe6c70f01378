import BassiEvents

/// The commands that go on in the background of a session, as its tools see them.
///
/// They belong to whoever owns the session: they outlive the run that began them, and never the owner.
public protocol BackgroundCommands: Sendable {
    /// Begins a command and gives the name by which the model speaks of it.
    ///
    /// - Throws: `ToolError` `too_many_background` when as many run as may, `CancellationError` when the run ends.
    func start(_ work: BackgroundWork) async throws -> String
    /// What a command has said.
    ///
    /// - Parameters:
    ///   - from: How many bytes of its output to leave out; nil for those that were read before.
    ///   - wait: How long to wait while there is nothing new and it runs.
    /// - Throws: `ToolError` `unknown_background`.
    func read(_ id: String, from: Int?, waitingAtMost wait: Duration) async throws -> BackgroundReading
    /// Ends a command with all that it started, and gives its last words. One that has ended stays as it ended.
    ///
    /// - Throws: `ToolError` `unknown_background`.
    func kill(_ id: String) async throws -> BackgroundReading
}

/// A command that is to go on in the background.
public struct BackgroundWork: Sendable {
    /// Takes text as it comes.
    public typealias Output = @Sendable (ToolStream, String) async -> Void

    /// The call that begins it.
    public let toolID: ToolID
    /// The command line.
    public let command: String
    /// Runs it to its end. Cancelling the task ends it, with all that it started.
    public let run: @Sendable (@escaping Output) async throws -> BackgroundEnding

    /// A command.
    public init(
        toolID: ToolID, command: String,
        run: @escaping @Sendable (@escaping Output) async throws -> BackgroundEnding
    ) {
        self.toolID = toolID
        self.command = command
        self.run = run
    }
}

/// How a command in the background came to its end.
public enum BackgroundEnding: Sendable, Equatable {
    /// By itself: its exit status, 128 and the number for a signal, and what kept it from its work, if that is known.
    case exited(Int, note: String?)
    /// It took longer than it may.
    case timedOut
    /// Its task was cancelled.
    case cancelled
}

/// What a command in the background has said, and where it stands.
public struct BackgroundReading: Sendable, Equatable {
    /// The command.
    public let id: String
    /// The text; where it was long, its beginning and its end.
    public let text: String
    /// How many bytes of output there are so far: where the next reading goes on.
    public let totalBytes: Int
    /// How it ended; nil while it runs.
    public let end: BackgroundEnd?

    /// A reading.
    public init(id: String, text: String, totalBytes: Int, end: BackgroundEnd?) {
        self.id = id
        self.text = text
        self.totalBytes = totalBytes
        self.end = end
    }
}

/// The end of a command in the background, as the model is told.
public struct BackgroundEnd: Sendable, Equatable {
    /// How.
    public let outcome: BackgroundOutcome
    /// Its exit status, where it has one.
    public let exit: Int?
    /// Why it failed, where that is known.
    public let note: String?

    /// An end.
    public init(_ outcome: BackgroundOutcome, exit: Int? = nil, note: String? = nil) {
        self.outcome = outcome
        self.exit = exit
        self.note = note
    }

    /// The end of a sentence: `ended with exit code 1`.
    public var words: String {
        switch outcome {
        case .exited: "ended with exit code \(exit ?? 0)"
        case .timedOut: "took longer than its timeout_ms and was ended"
        case .killed: "was ended by bash_kill"
        case .sessionEnded: "was ended with the session"
        case .failed: "could not be run"
        case .lost: "is gone: the program that ran it stopped"
        }
    }
}
