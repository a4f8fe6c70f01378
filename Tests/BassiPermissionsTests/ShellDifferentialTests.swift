import BassiPermissions
import BassiTesting
import Foundation
import Testing

/// What bash really ran must have been among the parsed commands.
///
/// The scripts run in a throw-away root that has bash, its libraries and programs that only write down how they were
/// called: without a network, in a PID namespace of its own. Where that cannot be had nothing is run.
@Suite struct ShellDifferentialTests {
    @Test(.enabled(if: Cage.isAvailable, "needs bubblewrap: without its namespaces no generated script is run"))
    func `every command that bash ran was among the parsed ones`() throws {
        let cage = try Cage()
        var scripts = GeneratedScripts(seed: 11)
        let texts = (0..<1_000).map { _ in scripts.next() }
        let ran = try cage.run(texts)
        var commands = 0
        for (text, calls) in zip(texts, ran) {
            let script = ShellScript(text)
            guard script.isUnderstood else { continue }
            for call in calls {
                commands += 1
                let isParsed = script.commands.contains { Self.fits(call, $0) }
                #expect(isParsed, "\(call) was run by \(text.debugDescription)")
            }
        }
        print("differential: \(texts.count) scripts, \(commands) commands ran, all parsed")
        #expect(commands > 1_000)
    }

    /// Whether the call is the command: known words are equal, one that is not known stands for any words.
    private static func fits(_ call: [String], _ command: ShellCommand) -> Bool {
        guard let name = command.name, name == call.first else { return false }
        func fits(_ call: ArraySlice<String>, _ words: ArraySlice<ShellWord>) -> Bool {
            guard let word = words.first else { return call.isEmpty }
            if let text = word.text { return call.first == text && fits(call.dropFirst(), words.dropFirst()) }
            return (0...call.count).contains { fits(call.dropFirst($0), words.dropFirst()) }
        }
        return fits(call.dropFirst(), command.words.dropFirst())
    }
}

/// Scripts of commands that do nothing, put together in all ways of the grammar.
struct GeneratedScripts {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next() -> String { list(depth: 0) }

    private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func simple(_ depth: Int) -> String {
        let words = (0..<Int.random(in: 0...3, using: &random)).map { _ in word(depth) }
        let name = pick(["p1", "p2", "p3", "'p1'", "p\\2", "\"p3\"", "$'p1'", "$'\\x702'", "p''1"])
        return ([pick(["", "", "", "a=1 ", "v=x w='y z' "]) + name] + words).joined(separator: " ")
            + pick(["", "", "", " 2>/dev/null", " >/dev/null", " 2>&1", " </dev/null", " # x ' y", " <<< a"])
    }

    private mutating func word(_ depth: Int) -> String {
        let text = pick([
            "a", "'b c'", "\"d e\"", "f\\ g", "$'h\\ti'", "$x", "\"$x\"", "${x:-y}", "\"${x:-y z}\"", "{k,l}", "*", "~",
            "a'b'\"c\"",
            "\\;", "'#'", "a#b", "\\$x", "\"\\$x\"", "'$(p1)'", "$((1+2))", "${#x}", "-o", "--a=b", "\"a`p2`b\"", "[a]",
            "x=y", "!",
            "{}", "\"\"", "''",
        ])
        guard depth < 3, Int.random(in: 0..<4, using: &random) == 0 else { return text }
        let inner = list(depth: depth + 1)
        return pick(["$(\(inner)\n)", "\"$(\(inner)\n)\"", "a$(\(inner)\n)b", "<(\(inner)\n)", "${x:-$(\(inner)\n)}"])
    }

    private mutating func list(depth: Int) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in command(depth) }
            .joined(separator: pick(["; ", " && ", " || ", "\n", " | "]))
    }

    private mutating func command(_ depth: Int) -> String {
        guard depth < 3 else { return "p1 a" }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return "{ \(list(depth: depth + 1))\n}"
        case 1: return "( \(list(depth: depth + 1))\n)"
        case 2: return "if p1; then \(list(depth: depth + 1))\nelse \(list(depth: depth + 1))\nfi"
        case 3: return "for i in a \"b c\"; do \(list(depth: depth + 1))\ndone"
        case 4: return "while p3; do \(list(depth: depth + 1))\nbreak; done"
        case 5: return "case a in (b|c) p2;; a) \(list(depth: depth + 1))\n;; esac"
        case 6: return "f\(depth)() { \(list(depth: depth + 1))\n}; f\(depth)"
        case 7: return "{ cat2 <<E\n$(\(list(depth: depth + 1))\n) ' \" \\$x\nE\n}"
        case 8: return "{ cat2 <<'E'\n$(p1 not) `p1 not`\nE\n}"
        case 9: return "[[ -n $(\(list(depth: depth + 1))\n) && a < b ]]"
        case 10: return "x=$(\(list(depth: depth + 1))\n)"
        case 11: return "! \(simple(depth))"
        case 12: return "eval 'p1 \"x y\"; p2'"
        case 13: return "command p1 'a b'"
        default: return simple(depth).replacing(" # x ' y", with: "")
        }
    }
}

/// A root with bash and stubs alone.
final class Cage {
    private static let bwrap = "/usr/bin/bwrap"
    private let folder: URL

    static var isAvailable: Bool {
        guard FileManager.default.isExecutableFile(atPath: bwrap), FileManager.default.fileExists(atPath: "/bin/bash")
        else {
            return false
        }
        return (try? start(["--unshare-all", "--ro-bind", "/", "/", "/bin/true"])) == 0
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-cage-\(UUID().uuidString)")
        for name in ["scripts", "log", "stubs"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        let stub = """
            #!/bin/bash
            printf '%s\\0' "${0##*/}" "$@" $'\\n' >> "/log/$BASSI_SCRIPT.$$"
            """
        for name in ["p1", "p2", "p3", "cat2"] {
            let url = folder.appendingPathComponent("stubs/\(name)")
            try Data(stub.utf8).write(to: url)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs the scripts and gives the calls of each.
    func run(_ texts: [String]) throws -> [[[String]]] {
        for (index, text) in texts.enumerated() {
            try Data(text.utf8).write(to: folder.appendingPathComponent("scripts/\(index)"))
        }
        let runner = """
            cd /empty
            ulimit -t 5
            for f in /scripts/*; do
              BASSI_SCRIPT=${f##*/} PATH=/stubs /bin/bash --norc --noprofile "$f" </dev/null >/dev/null 2>&1
            done
            wait
            """
        var arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--tmpfs", "/"]
        for path in [
            "/bin/bash", "/usr/bin/bash", "/lib", "/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
        ] {
            arguments += ["--ro-bind-try", path, path]
        }
        arguments += ["--ro-bind", folder.path + "/scripts", "/scripts", "--ro-bind", folder.path + "/stubs", "/stubs"]
        arguments += [
            "--bind", folder.path + "/log", "/log", "--dev", "/dev", "--proc", "/proc", "--dir", "/empty", "--dir",
            "/tmp",
        ]
        _ = try Self.start(arguments + ["/bin/bash", "--norc", "-c", runner])
        return try calls(count: texts.count)
    }

    /// The calls of each script. Each process wrote a file of its own: two that run at once would mix their words.
    private func calls(count: Int) throws -> [[[String]]] {
        var calls = [[[String]]](repeating: [], count: count)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/log") {
            guard let index = file.split(separator: ".").first.flatMap({ Int($0) }) else { continue }
            let data = try Data(contentsOf: folder.appendingPathComponent("log/\(file)"))
            let words = data.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            calls[index] += words.dropLast().split(separator: "\n").map { Array($0) }
        }
        return calls
    }

    private static func start(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: bwrap)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
