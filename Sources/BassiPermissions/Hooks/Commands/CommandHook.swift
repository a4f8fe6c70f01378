import BassiEvents
import BassiProcess
import Synchronization

/// A command that is asked or told when something happens, as settings files have it.
public struct CommandHook: Sendable, Equatable {
    /// When it runs.
    public let event: HookEvent
    /// For which tools, or for which sources of the event.
    public let matcher: HookMatcher
    /// A line for the shell.
    public let command: String
    /// How long it may take.
    public let timeout: Duration
    /// Where it was written, as reasons and events name it: the file.
    public let source: String

    /// A hook; the time limit is that of the event unless it is given.
    public init(
        _ event: HookEvent, matcher: HookMatcher, command: String, timeout: Duration? = nil, source: String
    ) {
        self.event = event
        self.matcher = matcher
        self.command = command
        self.timeout = timeout ?? event.timeout
        self.source = source
    }

    /// The name in events and reasons: its file and its command, shortened.
    public var name: String {
        let line = command.split(whereSeparator: \.isNewline).joined(separator: " ")
        let short = line.count > 48 ? line.prefix(47) + "…" : line[...]
        return source.isEmpty ? String(short) : "\(source): \(short)"
    }

    /// Asks it. Never throws: what goes wrong is in the reply.
    func reply(to input: JSONValue, in place: HookPlace, atMost limit: Duration?) async -> HookReply {
        let timeout = limit.map { min($0, self.timeout) } ?? self.timeout
        var command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", command], environment: place.environment,
            workingDirectory: place.folder, standardInput: Array((input.text + "\n").utf8))
        command = await place.confine(command)
        let limits = ProcessLimits(timeout: timeout, resources: place.limits)
        let kept = Mutex(CollectedOutput(ending: .cancelled))
        do {
            let ending = try await ChildProcess.run(command, limits: limits) { stream, bytes in
                try kept.withLock { try $0.take(bytes, from: stream) }
            }
            return HookReply(kept.withLock { $0 }, ending, of: event, timeout: timeout)
        } catch is OutputFlood {
            return .broken("it printed more than \(HookReply.outputBytesMax) bytes")
        } catch {
            return .broken("it could not be started: \(error)")
        }
    }
}

/// More than a hook may say: it is ended at once.
private struct OutputFlood: Error {}

extension CollectedOutput {
    fileprivate mutating func take(_ bytes: [UInt8], from stream: ProcessStream) throws {
        switch stream {
        case .standardOutput: standardOutput += bytes
        case .standardError: standardError += bytes
        }
        if max(standardOutput.count, standardError.count) > HookReply.outputBytesMax { throw OutputFlood() }
    }
}

/// Where commands of hooks run, and how they are confined.
public struct HookPlace: Sendable {
    /// The session's folder, absolute.
    public var folder: String
    /// What they see of the environment, without secrets.
    public var environment: [String: String]
    /// What they may take of the machine.
    public var limits: ResourceLimits
    /// The same command in the sandbox, where there is one.
    public var confine: @Sendable (ProcessCommand) async -> ProcessCommand

    /// A place; not confined unless it is said how.
    public init(
        folder: String, environment: [String: String], limits: ResourceLimits = .standard,
        confine: @escaping @Sendable (ProcessCommand) async -> ProcessCommand = { $0 }
    ) {
        self.folder = folder
        self.environment = ChildEnvironment.scrubbed(environment).merging(
            ["CLAUDE_PROJECT_DIR": folder, "BASSI_PROJECT_DIR": folder]
        ) { $1 }
        self.limits = limits
        self.confine = confine
    }
}
