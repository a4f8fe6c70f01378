import Dispatch
import Foundation

/// Folders that live as long as a call. In memory where the machine allows: thousands of images are written.
enum Scratch {
    static func with<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = try make()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    /// A folder that stays, for what somebody will want to look at.
    static func make() throws -> URL {
        let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        let isUsable = FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isUsable ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appendingPathComponent("bassi-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs what blocks on a thread that nobody else needs.
    static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}

extension URL {
    /// The log in this folder.
    var log: String { appendingPathComponent("log.sqlite").path }
}
