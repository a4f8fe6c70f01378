import Dispatch
import Foundation

/// Calls when a file was written to, by whichever process: a hint, which may come early, late, or for nothing.
final class FileChanges: Sendable {
    // nonisolated(unsafe) because it is only cancelled, which any thread may do.
    private nonisolated(unsafe) let source: any DispatchSourceProtocol
    private let descriptor: Int32

    /// nil where the system does not watch that file: whoever follows then looks for himself, at longer intervals.
    init?(path: String, queue: DispatchQueue, _ changed: @escaping @Sendable () -> Void) {
        #if os(Linux)
            descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
            guard descriptor >= 0 else { return nil }
            guard inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
                close(descriptor)
                return nil
            }
            source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        #else
            descriptor = open(path, O_EVTONLY)
            guard descriptor >= 0 else { return nil }
            source = DispatchSource.makeFileSystemObjectSource(
                fileDescriptor: descriptor, eventMask: [.write, .extend], queue: queue)
        #endif
        let descriptor = descriptor
        source.setEventHandler {
            Self.drain(descriptor)
            changed()
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// The notes are not read for what they say.
    private static func drain(_ descriptor: Int32) {
        #if os(Linux)
            withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
                while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
            }
        #endif
    }
}
