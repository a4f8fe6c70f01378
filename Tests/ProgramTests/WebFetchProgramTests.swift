#if Network
    import BassiEvents
    import Foundation
    import Testing

    /// The program fetches from a server of this machine, where the person's settings allow it.
    @Suite(.timeLimit(.minutes(5))) struct WebFetchProgramTests {
        private static let page = """
            HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\
            <title>T</title><h1>Hello</h1><p>A <a href="/b">link</a>.
            """

        private func run(settings: String, _ more: String...) async throws -> (outcome: Program.Outcome, asked: Int) {
            try await Program.with { program in
                let server = try FaultServer([.init(steps: [.send(Self.page)])])
                defer { server.stop() }
                let config = program.root.appendingPathComponent(".config/bassi")
                try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
                try settings.replacing("PORT", with: "\(server.port)")
                    .write(to: config.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
                let script = try program.script(
                    """
                    answers:
                      - tools: [{name: web_fetch, input: {url: "http://localhost:\(server.port)/a"}}]
                      - text: Done.
                    """)
                let arguments = ["-p", "go", "--script", script, "--output-format", "stream-json"] + more
                return (try program.run(arguments), server.requests.count)
            }
        }

        @Test func `a page is fetched where setting and rule allow it`() async throws {
            let (outcome, asked) = try await run(
                settings: "limits: {web: {allow: [\"localhost:PORT\"]}}", "--allow", "WebFetch(domain:localhost)")
            #expect(outcome.code == 0 && asked == 1)
            #expect(outcome.text.contains("# Hello") && outcome.types.contains("tool_call_completed"))
        }

        @Test func `without the setting nobody is connected to, and without the rule nobody is asked`() async throws {
            let (refused, refusedAsked) = try await run(settings: "{}", "--allow", "WebFetch")
            #expect(refused.text.contains("refused_address") && refusedAsked == 0)
            let (denied, deniedAsked) = try await run(settings: "limits: {web: {allow: [localhost]}}")
            #expect(denied.code == 4 && deniedAsked == 0)
        }
    }
#endif
