import Foundation

/// The system calls that a disk makes fail: those of the kernel, or a test's own.
package struct FileCalls: Sendable {
    package var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    package var sync: @Sendable (_ descriptor: Int32) -> Int32

    package init() {
        write = { Foundation.write($0, $1.baseAddress, $1.count) }
        #if canImport(Darwin)
            // There `fsync` leaves the bytes in the drive's cache.
            sync = { fcntl($0, F_FULLFSYNC) }
        #else
            sync = { fsync($0) }
        #endif
    }
}

/// What a system call said, as the reason of an error.
struct FileFailure: Error {
    let code: Int32

    /// The failure of the call that was just made.
    static var last: FileFailure { FileFailure(code: errno) }

    var reason: String {
        switch code {
        case ENOSPC, EDQUOT: "the disk is full: make room and try again"
        default: String(cString: strerror(code))
        }
    }
}
