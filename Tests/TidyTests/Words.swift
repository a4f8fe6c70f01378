/// A word of code and where it stands, so that rules need no regular expressions (slow in a debug build).
struct Word {
    let text: Substring
    /// The character before the word in its line, and the text after it.
    let before: Character?
    let after: Substring
}

extension String {
    /// The names, keywords and numbers in a line of blanked code. `@` and `#` belong to the word they begin.
    var words: [Word] {
        var found: [Word] = []
        var at = startIndex
        while at < endIndex {
            guard self[at].isPartOfName || self[at] == "@" || self[at] == "#" else {
                at = index(after: at)
                continue
            }
            let start = at
            at = index(after: at)
            while at < endIndex, self[at].isPartOfName { at = index(after: at) }
            let before = start > startIndex ? self[index(before: start)] : nil
            found.append(Word(text: self[start..<at], before: before, after: self[at...]))
        }
        return found
    }
}

extension Character {
    var isPartOfName: Bool { isLetter || isNumber || self == "_" }
}
