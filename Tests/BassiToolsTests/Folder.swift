import BassiEvents
import BassiPermissions
import BassiTools
import Foundation

/// A folder of its own that is removed afterwards, and tools that work in it.
struct Folder {
    let path: String

    static func with<Value>(_ body: (Folder) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(Folder(path: url.resolvingSymlinksInPath().path))
    }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// The bytes as text, with the mark at the beginning that Foundation would take off.
    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
    }

    func context(
        _ files: FileMemory = FileMemory(), environment: [String: String] = ["PATH": "/usr/bin:/bin"],
        output: @escaping @Sendable (ToolStream, String) async throws -> Void = { _, _ in }
    ) -> ToolContext {
        ToolContext(
            toolID: "t", folder: path, home: path + "/home", environment: environment, files: files, output: output)
    }

    /// How a session in this folder resolves paths.
    var resolver: PathResolver { PathResolver(folder: path, home: path + "/home") }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// Runs a tool as the executor does, and gives what the model reads.
    func call(_ tool: any Tool, _ input: JSONValue, _ context: ToolContext? = nil) async throws -> String {
        let executor = ToolExecutor(ToolRegistry([tool]), resolver: resolver)
        let request = try executor.check("t", name: tool.name, input: input)
        let result = try await executor.execute(request, context: context ?? self.context()).get()
        return result.content.compactMap(\.text).joined(separator: "\n")
    }

    /// The type of the error that a call ends with; nil when it succeeds.
    func failure(_ tool: any Tool, _ input: JSONValue, _ context: ToolContext? = nil) async -> String? {
        do {
            _ = try await call(tool, input, context)
            return nil
        } catch { return (error as? ToolError)?.type ?? "\(error)" }
    }
}

extension Tool where Self == BashTool {
    /// For what a sandbox forbids: to set up a repository, a mount or a program.
    static var unconfined: BashTool { BashTool(sandbox: .off) }
}
