import BassiEvents
import Foundation
import Testing

/// What the program says of `web_fetch` without a network.
@Suite struct WebFetchCommandTests {
    @Test func `check judges an address by the rules for its host`() async throws {
        try await Program.with { program in
            func check(_ arguments: String...) throws -> Program.Outcome {
                try program.run(["permissions", "check"] + arguments)
            }
            #expect(try check("--fetch", "https://a.org/x").text.hasPrefix("ask\n"))
            let allowed = try check("--fetch", "https://a.org/x", "--allow", "WebFetch(domain:a.org)")
            #expect(allowed.text.hasPrefix("allow\nAllowed by WebFetch(domain:a.org)"))
            #expect(try check("--fetch", "https://b.org/", "--allow", "WebFetch(domain:a.org)").text.hasPrefix("ask\n"))
            #expect(
                try check("--fetch", "https://w.a.org/", "--deny", "WebFetch(domain:a.org)").text.hasPrefix("deny\n"))
            #expect(try check().code == 2 && check("ls", "--fetch", "https://a.org/").code == 2)
        }
    }

    @Test func `the tools are named in the help, and web_fetch can be chosen`() async throws {
        try await Program.with { program in
            #expect(try program.run("--help").text.replacing(/\s+/, with: " ").contains("ask_user, web_fetch, task."))
            #expect(try program.run("-p", "Hi", "--tools", "web_fetch").code == 0)
            let unknown = try program.run("-p", "Hi", "--tools", "web_fetsch")
            #expect(unknown.code == 2 && unknown.errors.contains("web_fetch"))
        }
    }

    @Test func `a call that nobody allows is denied in a script`() async throws {
        try await Program.with { program in
            let script = try program.script(
                """
                answers:
                  - tools: [{name: web_fetch, input: {url: "https://example.org/"}}]
                  - text: Done.
                """)
            #expect(try program.run("-p", "go", "--script", script).code == 4)
        }
    }

    @Test func `a private address is refused with the setting that allows it`() async throws {
        try await Program.with { program in
            let script = try program.script(
                """
                answers:
                  - tools: [{name: web_fetch, input: {url: "http://169.254.169.254/latest/meta-data/"}}]
                  - text: Done.
                """)
            let outcome = try program.run(
                "-p", "go", "--script", script, "--allow", "WebFetch", "--output-format", "stream-json")
            #expect(outcome.code == 0 && outcome.text.contains("limits.web.allow"))
        }
    }
}
