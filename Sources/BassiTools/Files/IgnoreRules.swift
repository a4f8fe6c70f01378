/// The rules of one `.gitignore`, by gitignore(5): the last rule that matches decides.
struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        let glob: PathGlob
        let isNegated: Bool
        let foldersOnly: Bool
    }

    private static let bytesMax = 1 << 20
    private let rules: [Rule]

    init(text: String) {
        // A mark at the beginning is no part of the first pattern; only LF and CRLF end a line.
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        rules = text.split { $0 == "\n" || $0 == "\r\n" }.compactMap(Self.rule)
    }

    /// The rules of the file in a folder; none where there is none, a link, or one that cannot be read.
    init(in folder: FolderHandle) {
        let entry = FileEntry(folder: folder, name: Array(".gitignore".utf8), shown: ".gitignore")
        let bytes = (try? entry.read().bytes) ?? []
        self.init(text: String(decoding: bytes.prefix(Self.bytesMax), as: UTF8.self))
    }

    /// Whether the path, relative to the file's folder, is ignored; nil when no rule speaks of it.
    func ignores(_ path: String, isFolder: Bool) -> Bool? {
        rules.last { (!$0.foldersOnly || isFolder) && $0.glob.matches(path) }.map { !$0.isNegated }
    }

    private static func rule(_ line: Substring) -> Rule? {
        var text = line
        while text.last == " ", !text.hasSuffix("\\ ") { text.removeLast() }
        guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
        let isNegated = text.hasPrefix("!")
        if isNegated { text.removeFirst() }
        let foldersOnly = text.hasSuffix("/")
        if foldersOnly { text.removeLast() }
        guard !text.isEmpty else { return nil }
        return Rule(glob: PathGlob(String(text)), isNegated: isNegated, foldersOnly: foldersOnly)
    }
}
