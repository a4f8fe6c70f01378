import BassiEvents
import Foundation

/// What a file is now, and putting it back to what it was.
package enum FileState: Sendable, Equatable {
    /// There is none.
    case absent
    /// Its content, by its SHA-256 in hex.
    case content(String)
    /// There is something that cannot be read, or is too large.
    case unreadable

    /// The state that a log has; nil where it says nothing.
    init?(_ recorded: String?) {
        guard let recorded else { return nil }
        self = recorded == CallPlace.absent ? .absent : .content(recorded)
    }

    /// The state as a log has it.
    var recorded: String? {
        switch self {
        case .absent: CallPlace.absent
        case .content(let sha256): sha256
        case .unreadable: nil
        }
    }

    /// The state of the file at a place.
    ///
    /// - Throws: ``ToolError`` for a folder, a pipe, a device, and where a link is in the way.
    package static func read(_ place: FilePlace) async throws -> FileState {
        try await FileWork.run { _ in try FileLook(place).state }
    }

    /// Puts other content in its place, or takes it away for nil. The mode of what is there stays.
    ///
    /// - Parameter mode: The mode where nothing is there; nil for the usual one.
    /// - Throws: ``ToolError``, also when the file is not in this state any more.
    package static func replace(
        _ place: FilePlace, by content: [UInt8]?, mode: UInt16? = nil, ifStill state: FileState
    ) async throws -> FileChange {
        try await FileWork.run { _ in
            let found = try FileLook(place)
            guard found.state == state else {
                throw ToolError("file_changed", "'\(place.shown)' has changed just now: look again")
            }
            let change = FileChange(place, found, after: content)
            if let content {
                try place.entryInMadeFolders().write(content, over: found.status, mode: mode.map { mode_t($0) })
            } else if let status = found.status {
                try place.entry()?.remove(status)
            }
            return change
        }
    }
}

/// A file as it was found.
struct FileLook: Sendable {
    /// Nil where there is none.
    let status: stat?
    /// Nil where there is none, or none that can be read.
    let bytes: [UInt8]?
    let state: FileState

    /// Looks.
    ///
    /// - Throws: ``ToolError`` for a folder, a pipe, a device or a link.
    init(_ place: FilePlace) throws(ToolError) {
        guard let entry = try place.entry(), let found = try entry.status(doing: "read") else {
            (status, bytes, state) = (nil, nil, .absent)
            return
        }
        guard let content = try? entry.read() else {
            // What is too large to be read can be replaced, and not be taken back.
            (status, bytes, state) = (found, nil, .unreadable)
            return
        }
        (status, bytes, state) = (content.status, content.bytes, .content(FileText.sha256(content.bytes)))
    }
}
