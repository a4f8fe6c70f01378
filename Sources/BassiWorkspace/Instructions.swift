import BassiPermissions
import BassiProcess
import Foundation

/// What people have written down for the model: `AGENTS.md` and `CLAUDE.md` of the person, the parent folders and the
/// folder. In one folder `AGENTS.md` wins. They are words and start nothing, so they count in an untrusted folder too.
public struct Instructions: Sendable, Equatable {
    /// One file.
    public struct File: Sendable, Equatable {
        /// Where it is.
        public let path: String
        /// What it says.
        public let text: String
    }

    /// The files, from the most general to the nearest.
    public let files: [File]

    /// The longest file that is taken; the rest of a longer one is left out.
    static let bytesMax = 64 << 10

    /// The instructions that hold in a folder: up to the top of its repository, or of that folder alone outside one.
    public init(folder: String, configFolder: String?) {
        var folders = [folder]
        var top = folder
        while !FileManager.default.fileExists(atPath: top + "/.git"), top != "/", !top.isEmpty {
            top = (top as NSString).deletingLastPathComponent
        }
        if top != "/", !top.isEmpty {
            while let first = folders.first, first != top {
                folders.insert((first as NSString).deletingLastPathComponent, at: 0)
            }
        }
        let own = configFolder.flatMap { Self.file(in: $0, top: nil) }
        files = (own.map { [$0] } ?? []) + folders.compactMap { Self.file(in: $0, top: folders[0]) }
    }

    /// All of them as one text; nil when there are none.
    public var text: String? {
        files.isEmpty ? nil : files.map { "Instructions from \($0.path):\n\n\($0.text)" }.joined(separator: "\n\n")
    }

    /// A link that leads out of `top` is not followed: a cloned folder must not be able to send a file of the person's
    /// to the model.
    private static func file(in folder: String, top: String?) -> File? {
        for name in ["AGENTS.md", "CLAUDE.md"] {
            let path = "\(folder)/\(name)"
            if let top, !PathResolver(folder: top, home: top).isInside(path) { continue }
            guard let (bytes, isWhole) = BoundedFile.read(path, bytesMax: bytesMax), !bytes.isEmpty else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            return File(path: path, text: isWhole ? text : text + "\n(The file is longer: read the rest there.)")
        }
        return nil
    }
}
