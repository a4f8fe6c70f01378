import BassiStore
import Dispatch
import Foundation
import Synchronization

/// Syncs the WAL a little after commits that did not: so that a barrier, which must flush all before it, finds little.
///
/// It is no part of any promise, and it has a descriptor and a queue of its own, so that the writer never waits for it.
/// Its failure is a failed sync like any other.
final class WALSync: Sendable {
    private static let delay = DispatchTimeInterval.milliseconds(20)

    private struct State {
        var isDirty = false
        var isDue = false
        var descriptor: Int32 = -1
        var isClosed = false
        var report: (@Sendable (StoreError) -> Void)?
    }

    private let path: String
    private let queue = DispatchQueue(label: "bassi.sqlite.sync")
    private let state = Mutex(State())

    init(path: String) { self.path = path + "-wal" }

    /// Says who is told when a sync has failed.
    func onFailure(_ report: @escaping @Sendable (StoreError) -> Void) { state.withLock { $0.report = report } }

    deinit { state.withLock { if $0.descriptor >= 0 { Foundation.close($0.descriptor) } } }

    /// Something was committed without a sync.
    func noteCommit() {
        let starts = state.withLock { state in
            state.isDirty = true
            defer { state.isDue = true }
            return !state.isDue && !state.isClosed
        }
        if starts { queue.asyncAfter(deadline: .now() + Self.delay) { self.sync() } }
    }

    /// Everything that was committed is on the disk: there is nothing to do.
    func noteSync() { state.withLock { $0.isDirty = false } }

    /// Ends it; nothing is synced afterwards.
    func close() { state.withLock { $0.isClosed = true } }

    private func sync() {
        let descriptor = state.withLock { state -> Int32 in
            state.isDue = false
            guard state.isDirty, !state.isClosed else { return -1 }
            state.isDirty = false
            if state.descriptor < 0 { state.descriptor = open(path, O_RDONLY | O_CLOEXEC) }
            return state.descriptor
        }
        guard descriptor >= 0 else { return }
        guard fdatasync(descriptor) != 0 else { return }
        let failure = StoreError.unusable(path: path, reason: String(cString: strerror(errno)))
        state.withLock { $0.report }?(failure)
    }
}
