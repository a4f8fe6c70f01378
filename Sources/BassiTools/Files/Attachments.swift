import BassiEvents
import Foundation

/// Pictures and documents that a model can look at, as all providers take them. One that a provider refuses would be
/// refused with the whole conversation, now and in every later request.
package enum Attachments {
    /// For a document. Requests of 32 MB are taken everywhere, and base64 makes four bytes of three.
    static let documentBytesMax = 16 << 20
    /// For a picture: 5 MiB of base64, which is the least that a provider takes.
    static let pictureBytesMax = (5 << 20) / 4 * 3
    /// The longer side of a picture, in pixels.
    static let pictureSideMax = 8000

    /// A block for the model, by what the bytes are and not by a name; nil where they are no picture and no document.
    ///
    /// - Parameter name: A path; the last part of it names the block.
    /// - Throws: ``ToolError`` `too_large`, or `binary_file` for a picture that is not whole.
    package static func block(of bytes: [UInt8], named name: String) throws(ToolError) -> ContentBlock? {
        guard let type = FileKind.attachmentType(of: bytes) else { return nil }
        let isDocument = type == "application/pdf"
        let most = isDocument ? documentBytesMax : pictureBytesMax
        let named = "'\(name)' (\(FileKind.name(of: bytes)))"
        guard bytes.count <= most else {
            throw ToolError("too_large", "\(named) has \(bytes.count) bytes, more than \(most): make it smaller")
        }
        if !isDocument { try checkSize(of: bytes, named) }
        let attachment = ContentBlock.Attachment(
            mediaType: type, data: Data(bytes).base64EncodedString(), name: (name as NSString).lastPathComponent)
        return isDocument ? .document(attachment) : .image(attachment)
    }

    private static func checkSize(of bytes: [UInt8], _ named: String) throws(ToolError) {
        guard let size = PictureSize(of: bytes) else {
            throw ToolError("binary_file", "\(named) is not whole: its header does not say how large it is")
        }
        guard max(size.width, size.height) <= pictureSideMax else {
            throw ToolError(
                "too_large",
                "\(named) has \(size.width) × \(size.height) pixels, and a side may have \(pictureSideMax): make it "
                    + "smaller")
        }
        guard PictureEnd.isThere(in: bytes) else {
            throw ToolError("binary_file", "\(named) is cut off: its end is missing")
        }
    }
}
