import BassiEvents
import Foundation

/// The built program, in a home and a folder of its own that are removed afterwards.
struct Program {
    let root: URL

    var home: URL { root.appendingPathComponent("home") }
    var folder: URL { root.appendingPathComponent("folder") }

    /// How a call ended.
    struct Outcome {
        let code: Int32
        let output: Data
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }

        /// The lines as JSON: events, or the result object.
        var lines: [JSONValue] {
            text.split(separator: "\n").compactMap { try? JSONParser.parse(String($0)) }
        }

        /// The types of the events.
        var types: [String] { lines.compactMap { $0["type"]?.string } }
    }

    static func with<Value>(_ body: (Program) async throws -> Value) async throws -> Value {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        let program = Program(root: root.resolvingSymlinksInPath())
        try FileManager.default.createDirectory(at: program.folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        if !hasSandbox {
            // Else each command would have to be asked: these tests need no sandbox.
            let config = root.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
            try "sandbox: off".write(
                to: config.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
        }
        return try await body(program)
    }

    /// Whether this machine confines commands, as the program itself finds.
    static let hasSandbox: Bool = {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        let program = Program(root: home)
        try? FileManager.default.createDirectory(at: program.folder, withIntermediateDirectories: true)
        return (try? program.shell("\"$BASSI\" doctor").text.contains("ok   sandbox")) ?? false
    }()

    static var url: URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("bassi")
        let isThere = FileManager.default.isExecutableFile(atPath: beside.path)
        return isThere ? beside : Bundle.main.bundleURL.appendingPathComponent("bassi")
    }

    /// A process that is not started yet.
    func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Self.url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let base = ["BASSI_HOME": home.path, "HOME": root.path, "PATH": "/usr/local/bin:/usr/bin:/bin"]
        process.environment = base.merging(environment) { $1 }
        return process
    }

    /// Runs to the end.
    func run(
        _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        try run(arguments, input: input, environment: environment)
    }

    /// The same with a list of arguments.
    func run(_ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws -> Outcome {
        let (process, output, errors) = (process(arguments, environment: environment), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let pipe = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : pipe
        try process.run()
        if let input {
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        }
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, output: data, errors: String(decoding: text, as: UTF8.self))
    }

    /// Runs a line of a shell in which `$BASSI` is the program.
    func shell(_ line: String) throws -> Outcome {
        let (process, output, errors) = (process([]), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.environment?["BASSI"] = Self.url.path
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, output: data, errors: String(decoding: text, as: UTF8.self))
    }

    /// Writes a script for the demonstration model and gives its path.
    func script(_ yaml: String) throws -> String {
        let path = root.appendingPathComponent("script-\(UUID().uuidString).yaml")
        try yaml.write(to: path, atomically: true, encoding: .utf8)
        return path.path
    }

    func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
}

/// Reads a process's output line by line while it runs.
final class LineReader {
    private let handle: FileHandle
    private(set) var all = Data()
    private var rest = Data()

    init(_ pipe: Pipe) { handle = pipe.fileHandleForReading }

    /// The next line without its end; nil at the end of the output.
    func next() -> String? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                defer { rest = Data(rest[(end + 1)...]) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            let more = handle.availableData
            if more.isEmpty { return nil }
            all += more
            rest += more
        }
    }

    /// Reads until an event of this type has come.
    func read(until type: String) -> Bool {
        while let line = next() {
            if let json = try? JSONParser.parse(line), json["type"]?.string == type { return true }
        }
        return false
    }

    /// Reads what is left.
    func drain() { while next() != nil {} }
}
