import Foundation

/// Reads the beginning of a file that may come from anybody: a link to a device without end, or a pipe that nobody
/// writes to, is no file, and what is longer is cut.
package enum BoundedFile {
    /// The bytes, without a character that was cut at their end, and whether they are all; nil for what is no regular
    /// file or cannot be read, and for a link where none is followed.
    package static func read(
        _ path: String, bytesMax: Int, followsLink: Bool = true
    ) -> (bytes: [UInt8], isWhole: Bool)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: bytesMax + 1) ?? Data() else { return nil }
        guard data.count > bytesMax else { return (Array(data), true) }
        var end = bytesMax
        while end > 0, data[end] & 0xC0 == 0x80 { end -= 1 }
        return (Array(data.prefix(end)), false)
    }
}
