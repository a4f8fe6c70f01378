/// How many pixels a picture has, from its header.
///
/// A provider that cannot take a picture refuses the whole conversation, now and in every later request. So what is too
/// large, or has no whole header, is refused when it is read.
struct PictureSize: Equatable {
    let width: Int
    let height: Int

    /// The size; nil where the header is cut off or says nothing.
    init?(of bytes: [UInt8]) {
        let reader = Reader(bytes: bytes)
        let size =
            switch FileKind.attachmentType(of: bytes) {
            case "image/png": reader.png
            case "image/jpeg": reader.jpeg
            case "image/gif": reader.gif
            case "image/webp": reader.webP
            default: Reader.Size?.none
            }
        guard let size, size.width > 0, size.height > 0 else { return nil }
        (width, height) = size
    }

    private struct Reader {
        typealias Size = (width: Int, height: Int)

        let bytes: [UInt8]

        /// A number of so many bytes, the first being the highest; nil beyond the end.
        func big(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= bytes.count else { return nil }
            return bytes[at..<(at + count)].reduce(0) { $0 << 8 | Int($1) }
        }

        /// The same, the first being the lowest.
        func little(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= bytes.count else { return nil }
            return bytes[at..<(at + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }

        func has(_ text: String, at start: Int) -> Bool { bytes.dropFirst(start).starts(with: text.utf8) }

        private func pair(_ width: Int?, _ height: Int?) -> Size? {
            if let width, let height { (width, height) } else { nil }
        }

        var png: Size? { has("IHDR", at: 12) ? pair(big(16, 4), big(20, 4)) : nil }

        var gif: Size? { pair(little(6, 2), little(8, 2)) }

        /// Marks with a length each, up to the one that begins a frame.
        var jpeg: Size? {
            var at = 2
            while let mark = big(at, 2), mark >> 8 == 0xFF {
                let kind = mark & 0xFF
                // Marks may be filled up; those without a length stand alone.
                if kind == 0xFF || kind == 0x01 || (0xD0...0xD8).contains(kind) {
                    at += kind == 0xFF ? 1 : 2
                    continue
                }
                if (0xC0...0xCF).contains(kind), ![0xC4, 0xC8, 0xCC].contains(kind) {
                    return pair(big(at + 7, 2), big(at + 5, 2))
                }
                guard let length = big(at + 2, 2), length >= 2 else { return nil }
                at += 2 + length
            }
            return nil
        }

        /// Three forms: lossy, lossless and extended.
        var webP: Size? {
            if has("VP8 ", at: 12) {
                return pair(little(26, 2).map { $0 & 0x3FFF }, little(28, 2).map { $0 & 0x3FFF })
            }
            if has("VP8L", at: 12) {
                return little(21, 4).map { (($0 & 0x3FFF) + 1, ($0 >> 14 & 0x3FFF) + 1) }
            }
            guard has("VP8X", at: 12) else { return nil }
            return pair(little(24, 3).map { $0 + 1 }, little(27, 3).map { $0 + 1 })
        }
    }
}
