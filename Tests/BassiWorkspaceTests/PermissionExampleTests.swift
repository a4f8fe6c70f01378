import BassiWorkspace
import Foundation
import Testing

@Suite struct PermissionExampleTests {
    private func read(_ examples: String) throws -> Settings {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text =
            "permissions:\n  allow: [\"Bash(make *)\"]\n  deny: [\"Bash(rm *)\", \"Read(.env)\"]\n  examples:\n\(examples)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try Settings(path: path)
    }

    @Test func `examples that hold are read`() throws {
        let settings = try read(
            """
                - {bash: "make all", is: allow}
                - {bash: "make; rm x", is: deny}
                - {bash: "npm install", is: ask}
                - {read: ".env", is: deny}
                - {fetch: "https://a.org/", is: ask}
            """)
        #expect(settings.unused.isEmpty)
    }

    @Test(arguments: [
        ("- {bash: \"make; npm install\", is: allow}", "is not allow but ask"),
        ("- {bash: ls}", "an example is written as"),
        ("- {bash: ls, is: yes}", "one of: allow, ask, deny"),
    ])
    func `an example that does not hold is an error with its line`(example: String, words: String) throws {
        let error = #expect(throws: SettingsError.self) { try read("    - {bash: make, is: allow}\n    \(example)") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(error?.line == 6, "\(String(describing: error))")
    }
}
