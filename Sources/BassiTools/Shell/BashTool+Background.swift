import BassiEvents
import BassiProcess
import Foundation
import Synchronization

/// Commands that go on in the background: confined and limited as all others.
extension BashTool {
    /// So much of the output is looked through for what the sandbox or a limit kept the command from.
    private static let noteBytesMax = 16_000

    func begin(_ input: ToolInput, _ context: ToolContext) async throws -> ToolResult {
        let line = try Self.line(of: input)
        let timeout = input.int("timeout_ms").map { Duration.milliseconds($0) }
        let work = BackgroundWork(toolID: context.toolID, command: line) { output in
            try await run(line, timeout, context, output)
        }
        let id = try await context.backgroundCommands.start(work)
        return ToolResult(
            [.text("It runs in the background as \(id). bash_output shows what it says, bash_kill ends it.")],
            structured: ["background_id": .string(id), "running": true])
    }

    private func run(
        _ line: String, _ timeout: Duration?, _ context: ToolContext, _ output: @escaping BackgroundWork.Output
    ) async throws -> BackgroundEnding {
        let (command, confinement) = await confined(line, context)
        let heard = HeardOutput(bytesMax: Self.noteBytesMax)
        let before = command.movedAside
        let ending = try await ChildProcess.run(
            command, limits: ProcessLimits(timeout: timeout, resources: limits)
        ) { stream, bytes in
            let stream: ToolStream = stream == .standardOutput ? .stdout : .stderr
            let text = heard.take(bytes, from: stream)
            if !text.isEmpty { await output(stream, text) }
        }
        for (stream, text) in heard.finish() { await output(stream, text) }
        if let moved = CommandNote.moved(command.movedAside.subtracting(before), in: context.folder) {
            await output(.stderr, "\(moved)\n")
        }
        func exited(_ code: Int32) -> BackgroundEnding {
            .exited(Int(code), note: CommandNote.text(of: heard.kept, code: code, in: confinement, limits: limits))
        }
        switch ending {
        case .exited(let code): return exited(code)
        case .signalled(let number): return exited(128 + number)
        case .tooManyProcesses:
            return .exited(128 + Int(SIGKILL), note: "(ended: \(CommandNote.processes(limits)))")
        case .timedOut: return .timedOut
        case .cancelled: return .cancelled
        }
    }
}

/// The bytes of two streams as text, and a little of it.
private final class HeardOutput: Sendable {
    private struct State {
        var out = UTF8Decoder()
        var err = UTF8Decoder()
        var kept: HeadAndTail
    }

    private let state: Mutex<State>

    init(bytesMax: Int) { state = Mutex(State(kept: HeadAndTail(bytesMax: bytesMax))) }

    var kept: String { state.withLock { $0.kept.result.0 } }

    func take(_ bytes: [UInt8], from stream: ToolStream) -> String {
        state.withLock { state in
            let text = stream == .stdout ? state.out.decode(bytes) : state.err.decode(bytes)
            state.kept.append(text)
            return text
        }
    }

    /// What is left of a character that never became whole.
    func finish() -> [(ToolStream, String)] {
        state.withLock { state in
            [(ToolStream.stdout, state.out.finish()), (.stderr, state.err.finish())].filter { !$0.1.isEmpty }
        }
    }
}
