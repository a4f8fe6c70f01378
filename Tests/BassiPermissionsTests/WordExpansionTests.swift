import BassiTesting
import Foundation
import Testing

@testable import BassiPermissions

/// What a word can become, held against what bash really makes of it.
@Suite struct WordExpansionTests {
    private static let setting = "v=a; w='.e n'; s='x *'; g=.e*; r=$v$w; l='.[b-n]n'"
    private static let files = ["a", "b", "ab", ".e", ".en", ".env", "ea", "x", "é", "a b", "d/.env", "d/a", "x*"]

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
    func `each word that bash makes of a word has one of its shapes`() throws {
        let folder = try TemporaryFolder()
        try folder.folder("site/d")
        for name in Self.files { try folder.file("site/" + name) }
        var words = GeneratedWords(seed: 7)
        let texts = (0..<2_000).map { _ in words.next() }
        let made = try Self.made(by: texts, in: folder.site, home: folder.home)
        #expect(made.count == texts.count)
        var (looked, unknown) = (0, 0)
        for (text, results) in zip(texts, made) {
            let script = ShellScript("\(Self.setting); cat \(text)")
            guard let command = script.commands.last, command.name == "cat", command.words.count == 2 else { continue }
            var expansion = WordExpansion(values: script.values, home: folder.home, folder: folder.site)
            let shapes = expansion.shapes(of: command.words[1])
            looked += 1
            if shapes.contains(where: \.isUnknown) { unknown += 1 }
            for result in results where !result.isEmpty && !shapes.contains(where: { Self.fits(result, $0) }) {
                Issue.record("\(text) became \(result.debugDescription), which is none of \(shapes.count) shapes")
            }
        }
        // Most words must be looked at, and most of these be known, or the test says nothing.
        #expect(looked > 1_500 && unknown * 3 < looked, "\(looked), \(unknown)")
    }

    private static func fits(_ text: String, _ shape: WordShape) -> Bool {
        guard !shape.isUnknown else { return Glob(literal: text.utf8).likeness(to: shape) > .none }
        let parts = AbsolutePath.split(text)
        let components = shape.components
        return parts.count == components.count && text.hasPrefix("/") == shape.beginsWithSlash
            && zip(parts, components).allSatisfy { Glob(literal: $0).likeness(to: $1) > .none }
    }

    /// What bash makes of each word. A word that names no file makes nothing here.
    private static func made(by words: [String], in folder: String, home: String) throws -> [[String]] {
        let lines = words.map { "printf '%s\\0' \($0); printf '\\n\\0'" }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["--norc", "--noprofile"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ["HOME": home, "PATH": "/nowhere", "LC_ALL": "C.UTF-8"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let script = "shopt -s nullglob\n\(setting)\n" + lines.joined(separator: "\n") + "\n"
        Thread.detachNewThread {
            try? input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
            try? input.fileHandleForWriting.close()
        }
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\0", omittingEmptySubsequences: false).dropLast()
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { $0.map(String.init) }
    }
}

/// Words of a shell that run nothing.
private struct GeneratedWords {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let pieces = [
        "a", "b", ".", "e", "n", "nv", ".e", "/", "d/", "./", "../site/", "*", "?", "[ab]", "[!a]", "[a-c]", "[^.]",
        "[]a]", "[", "{a,b}", "{a,.e,}", "{a..c}", "$v", "${w}", "\"$s\"", "$s", "'*'", "\\*", "{", "}", ",", "\"a b\"",
        "{a,{b,.e}n}", "$g", "\"$g\"", "$r", "$l", "é", "{~,d}", "[[:alpha:]]", "['a']", "[\"]\"b]", "${PWD}", "$unset",
        "{$v,$w}", "{a,b",
    ]

    mutating func next() -> String {
        let begin =
            Int.random(in: 0..<12, using: &random) == 0 ? ["~/", "~+/", "$HOME/"].randomElement(using: &random) : nil
        let count = Int.random(in: 1...5, using: &random)
        return (begin ?? "") + (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
