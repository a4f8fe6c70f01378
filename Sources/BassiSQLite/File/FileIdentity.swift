import BassiStore
import Foundation

/// Which file was opened: one that is moved away or replaced while it is open would take what is appended with it.
struct FileIdentity {
    private let path: String
    private let device: dev_t
    private let number: ino_t

    init(_ path: String) throws {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StoreError.unusable(path: path, reason: String(cString: strerror(errno)))
        }
        (device, number) = (status.st_dev, status.st_ino)
    }

    /// - Throws: ``StoreError/unusable(path:reason:)`` when the path is another file now, or none.
    func check() throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StoreError.unusable(path: path, reason: "it was moved or deleted while it was open: start again")
        }
        guard status.st_dev == device, status.st_ino == number else {
            throw StoreError.unusable(
                path: path, reason: "it was replaced by another file while it was open: start again")
        }
    }
}
