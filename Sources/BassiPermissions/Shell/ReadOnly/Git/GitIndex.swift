/// The list of files in git's index, of which only the submodules are of interest: git goes into each, and obeys the
/// settings there. The form is that of gitformat-index(5), versions 2 to 4 with SHA-1.
struct GitIndex {
    /// The paths of submodules.
    private(set) var submodules: [[UInt8]] = []

    private static let fixedBytes = 62
    private static let nameLengthMask = 0xFFF

    /// Nil for what is not understood: then nothing can be said about submodules.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard bytes.starts(with: Array("DIRC".utf8)), let version = reader.number(at: 4), (2...4).contains(version),
            let count = reader.number(at: 8)
        else { return nil }
        reader.position = 12
        var name: [UInt8] = []
        for _ in 0..<count {
            guard let mode = reader.takeEntry(version: version, name: &name) else { return nil }
            switch mode & 0o170000 {
            case 0o100000, 0o120000: continue
            case 0o160000: submodules.append(name)
            // Folders of a sparse index can hold anything.
            default: return nil
            }
        }
        guard reader.extensionsAreOptional() else { return nil }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        func number(at index: Int) -> Int? {
            guard index + 4 <= bytes.count else { return nil }
            return bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
        }

        /// One entry; returns its mode, and puts its path into `name`, which holds that of the entry before.
        mutating func takeEntry(version: Int, name: inout [UInt8]) -> Int? {
            let start = position
            guard start + fixedBytes < bytes.count, let mode = number(at: start + 24) else { return nil }
            let flags = Int(bytes[start + 60]) << 8 | Int(bytes[start + 61])
            let isExtended = flags & 0x4000 != 0
            guard !isExtended || version > 2 else { return nil }
            position = start + fixedBytes + (isExtended ? 2 : 0)
            var kept: [UInt8] = []
            if version == 4 {
                guard let dropped = takeOffset(), dropped <= name.count else { return nil }
                kept = Array(name.dropLast(dropped))
            }
            guard let end = bytes[position...].firstIndex(of: 0) else { return nil }
            name = kept + bytes[position..<end]
            // As git, which goes by the length: where the two differ, what git would read is not what is read here.
            guard min(name.count, nameLengthMask) == flags & nameLengthMask else { return nil }
            position = version == 4 ? end + 1 : start + ((end - start) / 8 + 1) * 8
            return mode
        }

        /// Git's number of variable length, in which each byte but the last adds one.
        private mutating func takeOffset() -> Int? {
            var value = -1
            while position < bytes.count, value < bytes.count {
                let byte = bytes[position]
                position += 1
                value = (value + 1) << 7 | Int(byte & 0x7F)
                if byte & 0x80 == 0 { return value }
            }
            return nil
        }

        /// Extensions in small letters change what the entries mean, such as the one that names another index file.
        func extensionsAreOptional() -> Bool {
            var at = position
            let end = bytes.count - 20
            while at < end {
                guard let length = number(at: at + 4), (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[at])
                else {
                    return false
                }
                at += 8 + length
            }
            return at == end
        }
    }
}
