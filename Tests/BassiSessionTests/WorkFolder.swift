import BassiStore
import Foundation

/// A folder in which tools change files, and a log of its own; gone when the body is over.
struct WorkFolder {
    let folder: URL
    let store = MemoryEventStore()

    static func with(_ body: (WorkFolder) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            .resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(WorkFolder(folder: folder))
    }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    /// Makes the folders `real` and `other`, and a link `to` that leads to the first. Gives its path.
    func makeLinkedFolders() throws -> String {
        for name in ["real", "other"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        let link = folder.appendingPathComponent("to").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
        return link
    }

    func text(_ name: String) -> String? {
        (try? Data(contentsOf: folder.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) }
    }
}
