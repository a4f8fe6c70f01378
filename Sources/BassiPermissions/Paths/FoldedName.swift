extension AbsolutePath {
    /// The path in the spelling that stands for all that some file system takes for the same.
    var foldingCase: AbsolutePath { AbsolutePath(components.map(\.foldingCase)) }
}

extension AbsolutePath.Component {
    /// A name as the most forgiving file system reads it: `.GIT` is `.git` where case does not matter, and so is a name
    /// with a Kelvin sign for a K, with a long s, or with characters in it that nobody sees and HFS+ does not either.
    ///
    /// Names that are not the same anywhere may become one here; then a call is asked that need not be.
    fileprivate var foldingCase: AbsolutePath.Component {
        if allSatisfy({ $0 < 0x80 }) { return map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
        let name = String(decoding: self, as: UTF8.self)
        let seen = String(String.UnicodeScalarView(name.unicodeScalars.filter { !$0.isIgnoredInNames }))
        // Up, then down: some letters have a small form that is not their own.
        return Array(seen.uppercased().lowercased().utf8)
    }
}

extension Unicode.Scalar {
    /// Whether HFS+ leaves it out when it compares names.
    fileprivate var isIgnoredInNames: Bool {
        switch value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}
