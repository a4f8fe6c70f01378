import BassiEvents
import Foundation
import Testing

/// The built program with a prompt and an answer that are too large for an event.
@Suite(.timeLimit(.minutes(10))) struct LargeSessionTests {
    private let prompt = String(repeating: "why", count: 120_000)
    private let answer = String(repeating: "because", count: 60_000)

    @Test func `a large prompt and answer are printed whole, stored beside the log, and deleted with it`() async throws
    {
        try await Program.with { program in
            let script = try program.script("answers: [{text: \"\(answer)\"}]")
            let asked = try program.run(["-p", "-", "--script", script, "--output-format", "json"], input: prompt)
            let result = try #require(asked.lines.last)
            #expect(asked.code == 0 && result["text"]?.string == answer, "\(asked.errors)")
            let id = try #require(result["session_id"]?.string)
            let blobs = program.home.appendingPathComponent("blobs/\(id)").path
            #expect(try FileManager.default.contentsOfDirectory(atPath: blobs).count == 2)

            for arguments in [
                ["show", id], ["export", id, "--format", "markdown"], ["export", id, "--format", "html"],
            ] {
                let shown = try program.run(["sessions"] + arguments)
                #expect(shown.code == 0 && shown.text.contains(prompt) && shown.text.contains(answer), "\(arguments)")
            }
            let log = try program.run("sessions", "export", id).output.split(separator: 0x0A)
            #expect(log.count > 8 && log.allSatisfy { $0.count < 1 << 20 })
            let references = log.filter { $0.range(of: Data("\"blobs\":[{\"at\":".utf8)) != nil }
            #expect(references.count == 2)
            #expect(try program.run("verify").code == 0)

            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)
            #expect(!FileManager.default.fileExists(atPath: blobs))
        }
    }
}
