#if Network
    import BassiEvents
    import BassiTesting
    import Foundation
    import Testing

    /// docs/model-faults.md, row by row: what a provider does, the events that follow, and the exit code.
    @Suite(.timeLimit(.minutes(10))) struct ModelFaultTests {
        struct Row: Sendable, CustomTestStringConvertible {
            let id: String
            let events: [String]
            let code: Int32

            var testDescription: String { id }
        }

        private static let document: String = {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let path = tests.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("docs/model-faults.md")
            return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        }()

        /// The rows of the table, with its short forms written out.
        static let rows: [Row] = document.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, cells[0].hasPrefix("`"), let code = Int32(cells[3]) else { return nil }
            let events = cells[2].components(separatedBy: ", ").flatMap { event in
                switch event {
                case "text": ["content_block_start text", "token_delta …", "content_block_end text"]
                case "done": ["request_ended completed", "message_completed end_turn", "run_completed completed"]
                default: [event]
                }
            }
            return Row(id: cells[0].filter { $0 != "`" }, events: events, code: code)
        }

        private static let key = "sk-ant-secret-0123456789"

        @Test func `every fault has its row, and every row its fault`() {
            #expect(Set(Self.rows.map(\.id)) == Set(ModelFault.all.keys))
            #expect(Self.rows.count == ModelFault.all.count)
        }

        @Test(arguments: rows) func `a fault`(_ row: Row) async throws {
            let fault = try #require(ModelFault.all[row.id])
            try await Program.with { program in
                let server = try FaultServer(fault.replies)
                defer { server.stop() }
                let config = program.root.appendingPathComponent(".config/bassi")
                if let limits = fault.limits {
                    try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
                    try "limits: {\(limits)}\n".write(
                        to: config.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
                }
                var environment = ["ANTHROPIC_API_KEY": Self.key]
                environment.merge(fault.environment(server.port)) { $1 }
                let arguments = [
                    "-p", "go", "-m", "anthropic/claude-sonnet-5-5", "--output-format", "stream-json", "-v",
                ]
                let process = program.process(arguments, environment: environment)
                let outcome = try await Self.run(process)
                let lines = outcome.output.split(separator: 0x0A).dropLast()
                let events = EventList.lines(of: try lines.map { try EventCoder.decode(Array($0)) })
                let begin = ["session_started", "prompt_received", "run_started", "request_sent"]
                #expect(Array(events.prefix(begin.count)) == begin)
                #expect(Array(events.dropFirst(begin.count)) == row.events)
                #expect(outcome.code == row.code, "\(outcome.errors)")
                #expect(!outcome.text.contains(Self.key) && !outcome.errors.contains(Self.key))
                fault.check?(server.requests)
            }
        }

        private static func run(_ process: Process) async throws -> Program.Outcome {
            let (output, errors) = (Pipe(), Pipe())
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            let said = await Blocking.run { (try? errors.fileHandleForReading.readToEnd()) ?? Data() }
            let printed = await Blocking.run { (try? output.fileHandleForReading.readToEnd()) ?? Data() }
            await Blocking.run { process.waitUntilExit() }
            return Program.Outcome(
                code: process.terminationStatus, output: printed, errors: String(decoding: said, as: UTF8.self))
        }
    }
#endif
