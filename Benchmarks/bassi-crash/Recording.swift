import CRecordingVFS
import Synchronization

/// All that one or more stores wrote, truncated, synced and deleted, in order.
final class Recording: Sendable {
    /// The name under which stores are opened, so that they are recorded.
    let vfs: String
    // nonisolated(unsafe) because the recording has a lock of its own, in C.
    private nonisolated(unsafe) let handle: OpaquePointer

    private static let opened = Atomic<Int>(0)

    /// An empty recording.
    init() throws {
        vfs = "recording-\(Self.opened.add(1, ordering: .relaxed).newValue)"
        guard let handle = recording_vfs_open(vfs) else { throw Problem("there is no memory for a recording") }
        self.handle = handle
    }

    deinit { recording_vfs_close(handle) }

    /// How many operations there are so far.
    var count: Int { Int(recording_vfs_count(handle)) }

    /// The names of the files, without their folder; an operation's `file` is an index.
    var files: [String] {
        (0..<recording_vfs_files(handle)).map { String(cString: recording_vfs_file(handle, $0)) }
    }

    /// The operations from the first one on, as far as asked.
    func operations(_ count: Int) -> [recording_operation] {
        (0..<Int64(count)).map { recording_vfs_operation(handle, $0) }
    }

    /// Lets the n-th call of the fault's kind fail, counted from now, and all after it when it lasts.
    func fail(_ fault: Fault, at call: Int, lasting: Bool) {
        recording_vfs_fail(handle, fault.inC, Int64(call), lasting)
    }

    /// How many calls of the fault's kind there were since ``fail(_:at:lasting:)``.
    var calls: Int { Int(recording_vfs_calls(handle)) }
    /// Whether the fault has happened.
    var failed: Bool { recording_vfs_failed(handle) }
    /// How many syncs were asked for after the fault.
    var syncsAfterFault: Int { Int(recording_vfs_syncs_after_fault(handle)) }
}

/// What the disk can say instead of doing what it was asked.
enum Fault: String, CaseIterable, Sendable {
    case diskFull = "disk full"
    case shortWrite = "short write"
    case writeError = "write error"
    case syncError = "sync error"

    fileprivate var inC: recording_fault {
        switch self {
        case .diskFull: RECORDING_DISK_FULL
        case .shortWrite: RECORDING_SHORT_WRITE
        case .writeError: RECORDING_WRITE_ERROR
        case .syncError: RECORDING_SYNC_ERROR
        }
    }
}

/// A promise that was not kept, or a proof that could not be made: one sentence.
struct Problem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
