import BassiEvents
import BassiPermissions
import Foundation
import Synchronization
import Testing

@testable import BassiTools

/// Checking and running calls, and what `bash` says of its command.
@Suite struct ExecutorTests {
    private let context = ToolContext(toolID: "t", folder: "/")

    private func failure(_ tool: any Tool, _ input: JSONValue = [:]) async throws -> ToolError? {
        let executor = ToolExecutor(ToolRegistry([tool]))
        let call = try executor.check("t", name: tool.name, input: input)
        guard case .failure(let error) = await executor.execute(call, context: context) else { return nil }
        return error
    }

    @Test func `the tools are named as in the library's example`() {
        let tools: [any Tool] = [.bash, .readFile, .writeFile]
        #expect(tools.map(\.name) == ["bash", "read_file", "write_file"])
        #expect(
            ToolRegistry.builtIn.tools.map(\.name) == [
                "read_file", "list_files", "find_files", "search_files", "edit_file", "write_file", "bash",
                "bash_output", "bash_kill", "update_plan", "ask_user",
            ])
    }

    @Test func `each built-in tool says what it does, what it takes and how far it reaches`() {
        for tool in ToolRegistry.builtIn.tools {
            #expect(tool.inputSchema["type"] == "object" && tool.inputSchema["additionalProperties"] == false)
            #expect(tool.description.count > 40 && tool.name.count <= 64)
            for member in tool.inputSchema["properties"]?.object?.members ?? [] {
                #expect(member.value["description"]?.string?.isEmpty == false, "\(tool.name).\(member.key)")
            }
            #expect(tool.reach == (tool.name == "bash" ? .machine : .folder))
        }
        let effects = ToolRegistry.builtIn.tools.map { $0.effect(of: [:]) }
        #expect(effects == [.pure, .pure, .pure, .pure, .write, .idempotent, .write, .pure, .pure, .pure, .pure])
    }

    @Test func `a check gives what those who decide need`() throws {
        let executor = ToolExecutor(.builtIn)
        let bash = try executor.check("t1", name: "bash", input: ["command": "ls"])
        #expect(bash.command == "ls" && bash.paths.isEmpty && bash.toolID == "t1")
        let read = try executor.check("t2", name: "read_file", input: ["path": "../x"])
        #expect(read.paths == ["../x"] && read.effect == .pure && read.command == nil)
        #expect(try executor.check("t3", name: "search_files", input: ["pattern": "x"]).paths == ["."])
    }

    @Test func `an unknown tool is named with those that there are`() {
        let error = #expect(throws: ToolError.self) { try ToolExecutor(.builtIn).check("t", name: "Bash", input: [:]) }
        #expect(error?.type == "unknown_tool" && error?.message.contains("there are: read_file, ") == true)
        let none = #expect(throws: ToolError.self) {
            try ToolExecutor(ToolRegistry()).check("t", name: "x", input: [:])
        }
        #expect(none?.message == "there is no tool 'x'; there are: none")
    }

    @Test(arguments: [JSONValue.string("{"), nil, [], 3, ["command": 1], ["command": ""], ["command": "x", "more": 1]])
    func `an input that does not fit is refused before anybody is asked`(_ input: JSONValue) {
        let error = #expect(throws: ToolError.self) {
            try ToolExecutor(.builtIn).check("t", name: "bash", input: input)
        }
        #expect(error?.type == "invalid_input" && error?.outcome == .failed)
    }

    @Test func `whatever a tool throws is a result`() async throws {
        struct Odd: Error {}
        let mine = ToolError("mine", "my words", partial: [.text("so far")])
        #expect(try await failure(FunctionTool("a", description: "") { _, _ in throw mine }) == mine)
        let cancelled = try await failure(FunctionTool("a", description: "") { _, _ in throw CancellationError() })
        #expect(cancelled?.outcome == .cancelled && cancelled?.type == "cancelled")
        let odd = try await failure(FunctionTool("a", description: "") { _, _ in throw Odd() })
        #expect(odd?.type == "failed" && odd?.message == "a failed: Odd()")
        let gone = ToolCallRequest(
            toolID: "t", toolName: "gone", input: [:], effect: .pure, reach: .folder, paths: [], command: nil)
        guard case .failure(let unknown) = await ToolExecutor(ToolRegistry()).execute(gone, context: context) else {
            Issue.record("a tool that is not there ran")
            return
        }
        #expect(unknown.type == "unknown_tool")
    }

    @Test func `an error of a cancelled task is a cancellation, whatever it is`() async throws {
        struct Odd: Error {}
        let (begun, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let tool = FunctionTool("wait", description: "") { _, _ in
            signal.yield()
            while !Task.isCancelled { await Task.yield() }
            throw Odd()
        }
        let error = try await withThrowingTaskGroup(of: ToolError?.self) { group in
            group.addTask { try await failure(tool) }
            for await _ in begun { break }
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(error?.outcome == .cancelled)
    }

    @Test func `a closure that does not suspend is a tool`() async throws {
        let tool = FunctionTool(
            "add", description: "Adds.", inputSchema: ["type": "object", "required": ["a"]], effect: .pure,
            reach: .folder
        ) { input, _ in .text("\((input["a"]?.int64 ?? 0) + 1)") }
        let executor = ToolExecutor(ToolRegistry([tool]))
        let call = try executor.check("t", name: "add", input: ["a": 1])
        #expect(call.effect == .pure && call.reach == .folder)
        #expect(try await executor.execute(call, context: context).get() == .text("2"))
        let careful = FunctionTool("x", description: "") { _, _ in .text("") }
        #expect(careful.effect(of: [:]) == .write && careful.reach == .machine)
    }

    // MARK: - bash

    @Test(
        arguments: [
            ("exit 0", "", ["exit_code": 0]), ("exit 255", "(exit code 255)", ["exit_code": 255]),
            ("kill -9 $$", "(ended by signal 9)", ["signal": 9]),
            ("nosuchprogram 2>/dev/null", "(exit code 127)", ["exit_code": 127]),
            ("cat", "", ["exit_code": 0]), ("read x; echo \"[$x]\"", "[]\n", ["exit_code": 0]),
            ("test -t 0 || test -t 1 || echo none", "none\n", ["exit_code": 0]),
            ("echo $BASSI $PAGER", "1 cat\n", ["exit_code": 0]),
        ] as [(String, String, JSONValue)])
    func `a command's end is told`(_ command: String, _ text: String, _ structured: JSONValue) async throws {
        try await Folder.with { folder in
            // In a sandbox the end by a signal is a code, as it is for a shell.
            let tool = BashTool(sandbox: .off)
            let result = try await tool.call(["command": .string(command)], context: folder.context())
            #expect(result.content == [.text(text)] && result.structured == structured && result.truncated == nil)
        }
    }

    @Test func `a character that comes in two pieces is shown whole`() async throws {
        try await Folder.with { folder in
            let heard = Mutex("")
            let context = folder.context { _, text in heard.withLock { $0 += text } }
            // The second half is written only after the first was read: the pipe between them is empty again.
            let command = #"printf 'a\342'; sync; printf '\202\254b\360\237'"#
            let result = try await BashTool().call(["command": .string(command)], context: context)
            #expect(result.content == [.text("a€b\u{FFFD}")] && heard.withLock { $0 } == "a€b\u{FFFD}")
        }
    }

    @Test func `who watches may end the command by throwing`() async throws {
        struct Enough: Error {}
        try await Folder.with { folder in
            let context = folder.context { _, _ in throw Enough() }
            let executor = ToolExecutor(.builtIn)
            let call = try executor.check("t", name: "bash", input: ["command": "while :; do echo x; done"])
            #expect(
                await executor.execute(call, context: context) == .failure(ToolError("failed", "bash failed: Enough()"))
            )
        }
    }

    @Test func `a folder that is gone is an error and no crash`() async throws {
        let executor = ToolExecutor(.builtIn)
        let call = try executor.check("t", name: "bash", input: ["command": "pwd"])
        let gone = ToolContext(toolID: "t", folder: "/nowhere")
        guard case .failure(let error) = await executor.execute(call, context: gone) else {
            Issue.record("it ran nowhere")
            return
        }
        #expect(error.message.contains("/nowhere"))
    }
}
