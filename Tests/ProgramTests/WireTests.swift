#if Network
    import BassiEvents
    import BassiModels
    import BassiTesting
    import Foundation
    import Testing

    /// The program against a strict server, over all wires: the same lists of events, whatever the provider.
    @Suite(.timeLimit(.minutes(10))) struct WireTests {
        enum Wire: String, CaseIterable {
            case anthropic = "anthropic/claude-sonnet-5-5"
            case chatCompletions = "moonshot/kimi-k3"
            case responses = "openai/gpt-6.1-sol"
        }

        /// Runs one prompt against a server with these answers, and gives the list of its events.
        private func list(
            _ wire: Wire, _ answers: [ScriptedAnswer], _ more: [String] = [], code: Int32 = 0,
            interruptAt type: String? = nil
        ) async throws -> [String] {
            try await ScriptedModelServer.run(ModelScript(answers)) { server in
                try await Program.with { program in
                    try program.write("alpha", to: "a.txt")
                    let arguments = ["-p", "go", "-m", wire.rawValue, "--output-format", "stream-json"] + more
                    let (process, output) = (program.process(arguments, environment: Self.environment(server)), Pipe())
                    process.standardInput = FileHandle.nullDevice
                    process.standardOutput = output
                    try process.run()
                    let printed = await Blocking.run {
                        let reader = LineReader(output)
                        if let type, reader.read(until: type) { process.interrupt() }
                        reader.drain()
                        process.waitUntilExit()
                        return reader.all
                    }
                    #expect(process.terminationStatus == code)
                    #expect(server.requests.allSatisfy { $0.refusal == nil })
                    let lines = printed.split(separator: 0x0A).dropLast()
                    return EventList.lines(of: try lines.map { try EventCoder.decode(Array($0)) })
                }
            }
        }

        private static func environment(_ server: ScriptedModelServer) -> [String: String] {
            [
                "ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": server.anthropicBaseURL,
                "OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.openAIBaseURL,
                "MOONSHOT_API_KEY": "sk-test", "MOONSHOT_BASE_URL": server.openAIBaseURL,
            ]
        }

        private static let begin = ["session_started", "prompt_received", "run_started", "request_sent"]
        private static let text = ["content_block_start text", "token_delta …", "content_block_end text"]
        private static let lastTurn =
            ["request_sent"] + text + [
                "request_ended completed", "message_completed end_turn", "run_completed completed",
            ]

        private static func call(_ tool: String) -> [String] {
            ["content_block_start tool_use \(tool)", "token_delta …", "content_block_end tool_use"]
        }

        private static let asked = ["request_ended completed", "message_completed tool_use"]

        @Test(arguments: Wire.allCases) func `a plain answer`(_ wire: Wire) async throws {
            let list = try await list(wire, [ScriptedAnswer(text: "It is done.")])
            #expect(
                list == Self.begin + Self.text
                    + ["request_ended completed", "message_completed end_turn", "run_completed completed"])
        }

        @Test(arguments: Wire.allCases) func `one tool`(_ wire: Wire) async throws {
            let answers = [
                ScriptedAnswer(text: "I look.", tools: [ScriptedCall("bash", ["command": "echo hi"])]),
                ScriptedAnswer(text: "Done."),
            ]
            let list = try await list(wire, answers, ["--allow", "Bash(echo *)"])
            #expect(
                list == Self.begin + Self.text + Self.call("bash") + Self.asked
                    + ["tool_call_started bash", "tool_output_delta …", "tool_call_completed bash"] + Self.lastTurn)
        }

        @Test(arguments: Wire.allCases) func `three parallel tools`(_ wire: Wire) async throws {
            let calls = (1...3).map { _ in ScriptedCall("read_file", ["path": "a.txt"]) }
            let list = try await list(wire, [ScriptedAnswer(tools: calls), ScriptedAnswer(text: "Done.")])
            let head =
                Self.begin + Self.call("read_file") + Self.call("read_file") + Self.call("read_file") + Self.asked
            #expect(Array(list.prefix(head.count)) == head)
            // Each call has its own events, interleaved freely.
            let middle = list.dropFirst(head.count).dropLast(Self.lastTurn.count)
            #expect(middle.filter { $0 == "tool_call_started read_file" }.count == 3)
            #expect(middle.filter { $0 == "tool_call_completed read_file" }.count == 3 && middle.count == 6)
            #expect(Array(list.suffix(Self.lastTurn.count)) == Self.lastTurn)
        }

        @Test(arguments: Wire.allCases) func `a denied tool`(_ wire: Wire) async throws {
            let answers = [
                ScriptedAnswer(tools: [ScriptedCall("bash", ["command": "rm a.txt"])]),
                ScriptedAnswer(text: "Not done."),
            ]
            let list = try await list(wire, answers, code: 4)
            #expect(
                list == Self.begin + Self.call("bash") + Self.asked
                    + [
                        "permission_requested bash", "permission_resolved deny timeout", "tool_call_failed bash denied",
                    ] + Self.lastTurn)
        }

        @Test(arguments: Wire.allCases) func `a cancelled run`(_ wire: Wire) async throws {
            let stalled = ScriptedAnswer(text: "one two three", failure: .stall(afterPieces: 2))
            let list = try await list(wire, [stalled], code: 130, interruptAt: "token_delta")
            #expect(
                list == Self.begin + [
                    "content_block_start text", "token_delta …", "content_block_end text interrupted",
                    "request_ended cancelled", "run_cancelled interrupted",
                ])
        }

        @Test(arguments: Wire.allCases) func `a time-out`(_ wire: Wire) async throws {
            let stalled = ScriptedAnswer(text: "one two three", failure: .stall(afterPieces: 2))
            let list = try await list(wire, [stalled], ["--timeout", "3"], code: 3)
            #expect(
                list == Self.begin + [
                    "content_block_start text", "token_delta …", "content_block_end text interrupted",
                    "request_ended cancelled", "run_completed limit timeout",
                ])
        }

        @Test(arguments: Wire.allCases) func `a cut answer is asked for again`(_ wire: Wire) async throws {
            let cut = ScriptedAnswer(text: "one two three", failure: .cut(afterPieces: 2))
            let list = try await list(wire, [cut, ScriptedAnswer(text: "whole")])
            #expect(
                list == Self.begin + [
                    "content_block_start text", "token_delta …", "content_block_end text interrupted",
                    "request_ended cut", "retry_scheduled cut", "request_sent attempt 2",
                ] + Self.text + ["request_ended completed", "message_completed end_turn", "run_completed completed"])
        }

        @Test(arguments: Wire.allCases) func `after a kill in mid-answer the provider accepts the conversation`(
            _ wire: Wire
        ) async throws {
            let answers = [
                ScriptedAnswer(
                    text: "I begin.", thinking: "hm", tools: [ScriptedCall("bash", ["command": "echo hi"])]),
                ScriptedAnswer(text: "one two three", failure: .stall(afterPieces: 2)),
                ScriptedAnswer(text: "Here I am."),
            ]
            try await ScriptedModelServer.run(ModelScript(answers)) { server in
                try await Program.with { program in
                    let options = ["-m", wire.rawValue, "--allow", "Bash", "--output-format", "stream-json"]
                    let environment = Self.environment(server)
                    let (process, output) = (program.process(["-p", "go"] + options, environment: environment), Pipe())
                    process.standardInput = FileHandle.nullDevice
                    process.standardOutput = output
                    try process.run()
                    try await server.waitForRequests(2)
                    await Blocking.run {
                        let reader = LineReader(output)
                        // The second request is the one that is answered by half.
                        _ = reader.read(until: "tool_call_completed") && reader.read(until: "token_delta")
                        kill(process.processIdentifier, SIGKILL)
                        process.waitUntilExit()
                    }
                    let next = program.process(["-p", "--continue", "go on"] + options, environment: environment)
                    let result = Pipe()
                    next.standardInput = FileHandle.nullDevice
                    next.standardOutput = result
                    try next.run()
                    let text = await Blocking.run {
                        String(decoding: (try? result.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
                    }
                    next.waitUntilExit()
                    #expect(text.contains("Here I am."))
                    #expect(server.requests.count == 3 && server.requests.allSatisfy { $0.refusal == nil })
                }
            }
        }
    }

    /// Waiting for a process on a thread of its own: the server shares the pool with the test.
    enum Blocking {
        static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: body()) }
            }
        }
    }
#endif
