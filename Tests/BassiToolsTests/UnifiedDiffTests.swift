import Foundation
import Testing

@testable import BassiTools

/// Diffs of files, held against `patch`, which must make the new version of the old one.
@Suite struct UnifiedDiffTests {
    private func patched(_ old: String, by diff: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, patch) = (folder.appendingPathComponent("f"), folder.appendingPathComponent("p"))
        try Data(old.utf8).write(to: file)
        try Data(diff.utf8).write(to: patch)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        process.arguments = ["apply", "--unsafe-paths", "--unidiff-zero", "-p1", "p"]
        process.currentDirectoryURL = folder
        process.environment = [
            "GIT_CEILING_DIRECTORIES": folder.deletingLastPathComponent().path, "PATH": "/usr/bin:/bin",
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ToolError("patch", "refused:\n\(diff)") }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private func diff(_ old: String, _ new: String) -> String {
        UnifiedDiff.text(path: "f", before: Array(old.utf8), after: Array(new.utf8))
    }

    @Test(arguments: [
        ("a\nb\nc\n", "a\nx\nc\n"), ("a\n", "a\nb"), ("a", "a\n"), ("a\r\nb\r\n", "a\r\nc\r\n"), ("", "a\n"),
        ("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n"), ("é\n", "e\u{301}\n"),
    ])
    func `git makes the new version of the old one`(old: String, new: String) throws {
        if !old.isEmpty { #expect(try patched(old, by: diff(old, new)).utf8.elementsEqual(new.utf8)) }
        #expect(diff(new, new).isEmpty)
    }

    @Test func `git makes any version of any other`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            let words = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                "\(Int.random(in: 0...6, using: &random))"
            }
            var other = words
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0...other.count, using: &random)
                if Bool.random(), at < other.count { other.remove(at: at) } else { other.insert("new", at: at) }
            }
            let (old, new) = (
                words.joined(separator: "\n"), other.joined(separator: "\n") + (Bool.random() ? "\n" : "")
            )
            guard old != new, !new.isEmpty else { continue }
            #expect(try patched(old, by: diff(old, new)) == new)
        }
    }

    @Test func `a new, a removed and a binary file are named as such`() {
        #expect(
            UnifiedDiff.text(path: "f", before: nil, after: Array("a\n".utf8)).hasPrefix("--- /dev/null\n+++ b/f\n"))
        #expect(
            UnifiedDiff.text(path: "f", before: Array("a\n".utf8), after: nil).contains(
                "+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n"))
        #expect(UnifiedDiff.text(path: "f", before: [0], after: [1, 0]) == "Binary files a/f and b/f differ\n")
    }

    @Test func `a diff is bounded, and says what it leaves out`() {
        let old = (0..<20_000).map { $0 % 20 == 0 ? "old line \($0) \(String(repeating: "x", count: 80))" : "same" }
        let new = old.map { $0.replacing("old", with: "new") }
        let text = diff(old.joined(separator: "\n"), new.joined(separator: "\n"))
        #expect(text.utf8.count <= UnifiedDiff.bytesMax + 100)
        #expect(text.hasSuffix(" more changes are left out\n"))
    }
}
