/// What bytes are, by how they begin.
package enum FileKind {
    private static let kinds: [(magic: [UInt8], name: String, attachment: String?)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "PNG picture", "image/png"),
        ([0xFF, 0xD8, 0xFF], "JPEG picture", "image/jpeg"),
        (Array("GIF87a".utf8), "GIF picture", "image/gif"), (Array("GIF89a".utf8), "GIF picture", "image/gif"),
        (Array("%PDF-".utf8), "PDF", "application/pdf"),
        ([0x7F, 0x45, 0x4C, 0x46], "ELF program", nil),
        (Array("PK\u{3}\u{4}".utf8), "ZIP archive", nil),
        ([0x1F, 0x8B], "gzip archive", nil),
        (Array("SQLite format 3".utf8), "SQLite database", nil),
        ([0xCF, 0xFA, 0xED, 0xFE], "Mach-O program", nil),
    ]

    /// A name for a person.
    package static func name(of bytes: [UInt8]) -> String {
        if isWebP(bytes) { return "WebP picture" }
        return kinds.first { bytes.starts(with: $0.magic) }?.name ?? "binary data"
    }

    /// The same for what should have been text: that it is text after all, for another reader, helps more than its name.
    static func nameOfNoText(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return "UTF-16 text, which `iconv -f utf-16 -t utf-8` converts"
        }
        let name = name(of: bytes)
        let isLegible = bytes.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) || $0 == 0x1B }
        guard name == "binary data", isLegible else { return name }
        return "not UTF-8; it may be text in another encoding, which `iconv -f latin1 -t utf-8` converts"
    }

    /// The media type of what a model can look at; nil for everything else.
    package static func attachmentType(of bytes: [UInt8]) -> String? {
        if isWebP(bytes) { return "image/webp" }
        return kinds.first { bytes.starts(with: $0.magic) }?.attachment
    }

    private static func isWebP(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    }
}
