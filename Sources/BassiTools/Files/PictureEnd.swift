import Foundation

/// Whether a picture goes to its end: of one that was cut off, by a download or a full disk, the header says nothing.
enum PictureEnd {
    /// Whether the mark that ends a picture of its kind is there. What stands behind it is nobody's concern.
    static func isThere(in bytes: [UInt8]) -> Bool {
        switch FileKind.attachmentType(of: bytes) {
        case "image/png": bytes.contains(Array("IEND".utf8))
        case "image/jpeg": bytes.contains([0xFF, 0xD9])
        case "image/gif": bytes.last { $0 != 0 } == UInt8(ascii: ";")
        case "image/webp": bytes.count >= riffBytes(bytes) + 8
        default: true
        }
    }

    /// The length that the file says of itself, without what stands before it.
    private static func riffBytes(_ bytes: [UInt8]) -> Int {
        bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

extension [UInt8] {
    /// Looked for from the end, where it should be.
    fileprivate func contains(_ mark: [UInt8]) -> Bool {
        Data(self).range(of: Data(mark), options: .backwards) != nil
    }
}
