import BassiEvents
import BassiProcess
import Foundation

/// `bash`: a command in a shell of its own session; with the call ends every process that it started.
///
/// It runs in a sandbox unless that is turned off, and where the machine has none without one: then a session asks a
/// person before each command, whatever its rules allow.
public struct BashTool: Tool {
    /// `bash`.
    public let name = "bash"
    /// For the model.
    public var description: String {
        "Runs a command with bash in the session's folder. Standard input is empty, so nothing may ask. The command ends "
            + "after timeout_ms (120000 unless given, at most 600000), and all that it started ends with it. Of long "
            + "output the beginning and the end are kept." + (offersBackground ? Self.backgroundDescription : "")
    }
    private static let backgroundDescription =
        " With run_in_background it returns at once with an id, and the command goes on, without a time-out unless one is "
        + "given: for servers and for what takes long. bash_output shows what it says, bash_kill ends it, and you are "
        + "told when it ends by itself."
    /// `command`, `timeout_ms`, `description`, and `run_in_background` where that is offered.
    public var inputSchema: JSONValue {
        var properties: JSONObject = [
            "command": ["type": "string", "minLength": 1, "description": .string(Self.commandDescription)],
            "timeout_ms": .countSchema("How many milliseconds it may take.", atMost: 600_000),
            "description": .stringSchema("What it does, in a few words, for the person who is asked."),
        ]
        if offersBackground {
            properties["run_in_background"] = [
                "type": "boolean", "description": "Whether the command goes on while you do something else.",
            ]
        }
        return .schema(properties, required: ["command"])
    }
    private static let commandDescription =
        "The command, of at most \(commandBytesMax) bytes: write a longer one to a file and run that."
    /// The whole machine.
    public let reach = ToolReach.machine

    /// Bytes of a command: with the one that ends it Linux takes no longer argument.
    static let commandBytesMax = (128 << 10) - 1
    /// Characters of output that the model gets.
    static let outputCharactersMax = 30_000
    /// Bytes of output that are shown while the command runs; what comes after is counted only.
    static let liveBytesMax = 1 << 20
    /// Bytes of output that are kept for people; so many lie in memory while the command runs.
    static let wholeBytesMax = 16 << 20

    /// How commands are confined.
    public let sandbox: SandboxSettings
    /// What commands may take of the machine.
    public let limits: ResourceLimits
    /// Whether commands can be started in the background; a session says so where its tools can reach them there.
    public var offersBackground = false

    /// The tool; confined and with the standard limits unless it is said otherwise.
    public init(sandbox: SandboxSettings = .init(), limits: ResourceLimits = .standard) {
        self.sandbox = sandbox
        self.limits = limits
    }

    /// Removes what commands have left in their private `/tmp`: at the end of a program, which destroys no globals.
    public static func removeTemporaryFolders() { TemporaryFolders.removeAll() }

    /// Why commands run without the sandbox that they should have; nil where they have it, or should not.
    public func missingSandbox() async -> (reason: String, remedy: String)? {
        guard sandbox.isEnabled, case .missing(let reason, let remedy) = await Sandbox.availability() else {
            return nil
        }
        return (reason, remedy)
    }

    /// The command.
    public func command(in input: JSONValue) -> String? { input["command"]?.string ?? "" }

    /// Runs the command, or begins it where it is to go on in the background.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        if input.bool("run_in_background") { return try await begin(input, context) }
        let line = try Self.line(of: input)
        let milliseconds = input.int("timeout_ms") ?? 120_000
        let (command, confinement) = await confined(line, context)
        let before = command.movedAside
        let (ending, output) = try await run(command, milliseconds, context)
        let moved = CommandNote.moved(command.movedAside.subtracting(before), in: context.folder)
        guard let ask = context.askUnconfined,
            let blocked = CommandNote.blocked(in: output.kept().0, ending, by: confinement), try await ask(blocked)
        else { return try result(ending, output, milliseconds, confinement, moved) }
        let free = try await run(unconfined(line, context), milliseconds, context)
        var result = try result(free.ending, free.output, milliseconds, nil)
        if let moved { result.content.insert(.text(moved), at: 0) }
        let note = "(\(blocked); the person let the command run again outside of the sandbox, and this is what it said)"
        result.content.insert(.text(note), at: 0)
        return result
    }

    /// The command, if it can be one.
    static func line(of input: ToolInput) throws -> String {
        let line = try input.string("command")
        guard line.utf8.count <= commandBytesMax else {
            throw ToolError(
                "too_long",
                "the command has \(line.utf8.count) bytes, and may have at most \(commandBytesMax): write it to a file "
                    + "and run that")
        }
        return line
    }

    private func run(
        _ command: ProcessCommand, _ milliseconds: Int, _ context: ToolContext
    ) async throws -> (ending: ProcessEnding, output: ShellOutput) {
        let output = ShellOutput(
            charactersMax: Self.outputCharactersMax, liveBytesMax: Self.liveBytesMax, wholeBytesMax: Self.wholeBytesMax)
        let ending = try await ChildProcess.run(
            command, limits: ProcessLimits(timeout: .milliseconds(milliseconds), resources: limits)
        ) { stream, bytes in
            let stream: ToolStream = stream == .standardOutput ? .stdout : .stderr
            if let text = output.take(bytes, from: stream) { try await context.output(stream, text) }
        }
        for (stream, text) in output.finish() { try await context.output(stream, text) }
        return (ending, output)
    }

    private func unconfined(_ line: String, _ context: ToolContext) -> ProcessCommand {
        ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", line], environment: Self.environment(context.environment),
            workingDirectory: context.folder)
    }

    /// The command as it is run: in the sandbox, where there is to be one and this machine has it.
    func confined(_ line: String, _ context: ToolContext) async -> (command: ProcessCommand, confinement: Sandbox?) {
        let command = unconfined(line, context)
        guard sandbox.isEnabled, case .available(let program) = await Sandbox.availability() else {
            return (command, nil)
        }
        let sandbox = sandbox.sandbox(for: context, temporaryFolder: TemporaryFolders.path(for: context.folder))
        return (sandbox.confined(command, processesMax: limits.processes, by: program), sandbox)
    }

    private func result(
        _ ending: ProcessEnding, _ output: ShellOutput, _ milliseconds: Int, _ confinement: Sandbox?,
        _ moved: String? = nil
    ) throws -> ToolResult {
        let (said, truncated) = output.kept()
        let text = moved.map { Self.join(said, $0) } ?? said
        func note(_ ending: String, code: Int32) -> String {
            let more = CommandNote.text(of: said, code: code, in: confinement, limits: limits)
            return Self.join(text, [ending, more].compactMap(\.self).joined(separator: "\n"))
        }
        switch ending {
        case .exited(let code):
            let shown = code == 0 ? text : note("(exit code \(code))", code: code)
            return ToolResult(
                [.text(shown)], structured: ["exit_code": .number(JSONNumber(code))], truncated: truncated,
                whole: output.whole())
        case .signalled(let number):
            return ToolResult(
                [.text(note("(ended by signal \(number))", code: 128 + number))],
                structured: ["signal": .number(JSONNumber(number))],
                truncated: truncated, whole: output.whole())
        case .tooManyProcesses:
            return ToolResult(
                [.text(Self.join(text, "(ended: \(CommandNote.processes(limits)))"))],
                structured: ["signal": .number(JSONNumber(SIGKILL))], truncated: truncated, whole: output.whole())
        case .timedOut:
            let sentence = "The command took more than \(milliseconds) ms and was ended, with all that it had started."
            throw ToolError("timed_out", sentence, outcome: .timedOut, partial: text.isEmpty ? [] : [.text(text)])
        case .cancelled:
            throw ToolError(
                "cancelled", "The run was cancelled while this call ran.", outcome: .cancelled,
                partial: text.isEmpty ? [] : [.text(text)])
        }
    }

    private static func join(_ text: String, _ note: String) -> String { text.isEmpty ? note : "\(text)\n\(note)" }

    /// Nothing may page, colour or ask.
    private static func environment(_ environment: [String: String]) -> [String: String] {
        var child = ChildEnvironment.scrubbed(environment)
        let fixed = ["TERM": "dumb", "PAGER": "cat", "GIT_PAGER": "cat", "GIT_TERMINAL_PROMPT": "0", "BASSI": "1"]
        child.merge(fixed) { $1 }
        return child
    }
}
