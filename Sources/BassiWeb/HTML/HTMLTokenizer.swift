/// A tag that begins an element, with those of its attributes that mean something here.
struct HTMLTag {
    let element: HTMLElement
    fileprivate(set) var attributes: [(name: String, value: String)] = []

    subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// Whether a person who looks at the page does not see it.
    var isHidden: Bool {
        if self["hidden"] != nil || self["aria-hidden"]?.lowercased() == "true" { return true }
        if self["role"].map({ ["navigation", "menu", "search"].contains($0.lowercased()) }) ?? false { return true }
        guard let style = self["style"] else { return false }
        let plain = style.lowercased().filter { $0 != " " }
        return plain.contains("display:none") || plain.contains("visibility:hidden")
    }
}

/// Cuts a page into tags and text, as browsers do: nothing is an error, and each byte is looked at a fixed number of
/// times. What the end of the page leaves open is dropped.
struct HTMLTokenizer {
    enum Token {
        case text(Range<Int>)
        case start(HTMLTag)
        case end(HTMLElement)
        /// The text of an element that has no tags in it.
        case raw(HTMLElement, Range<Int>)
    }

    private static let attributeBytesMax = 8192
    private static let wanted: Set<String> = [
        "href", "src", "alt", "hidden", "aria-hidden", "role", "style", "start", "class",
    ]

    let bytes: [UInt8]
    private var at = 0
    /// The element whose text comes next as it is.
    private var raw: HTMLElement?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        if let element = raw {
            raw = nil
            let end = endOfRaw(element)
            defer { at = end }
            if end > at { return .raw(element, at..<end) }
        }
        while at < bytes.count {
            if bytes[at] != UInt8(ascii: "<") || !beginsMarkup(at) { return text() }
            if let token = markup() { return token }
        }
        return nil
    }

    private mutating func text() -> Token {
        let start = at
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "<") || !beginsMarkup(at) { at += 1 }
        return .text(start..<at)
    }

    private func beginsMarkup(_ place: Int) -> Bool {
        guard place + 1 < bytes.count else { return false }
        let next = bytes[place + 1]
        return next.isLetter || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
            || (next == UInt8(ascii: "/") && place + 2 < bytes.count)
    }

    /// A tag, or nil for what is skipped: comments, declarations, what is broken.
    private mutating func markup() -> Token? {
        let next = bytes[at + 1]
        if next.isLetter {
            at += 1
            guard let tag = tag() else { return nil }
            if tag.element.isRawText { raw = tag.element }
            return .start(tag)
        }
        if next == UInt8(ascii: "/"), bytes[at + 2].isLetter {
            at += 2
            return tag().map { .end($0.element) }
        }
        skipDeclaration()
        return nil
    }

    private mutating func skipDeclaration() {
        if bytes[at...].starts(with: Array("<!--".utf8)) {
            // `<!-->` is a whole comment: its end may lie in its beginning.
            at += 2
            while at < bytes.count {
                if bytes[at] == UInt8(ascii: ">"), bytes[at - 1] == UInt8(ascii: "-"),
                    bytes[at - 2] == UInt8(ascii: "-")
                {
                    break
                }
                at += 1
            }
        } else {
            while at < bytes.count, bytes[at] != UInt8(ascii: ">") { at += 1 }
        }
        at = min(at + 1, bytes.count)
    }

    /// Reads a tag from its name on; nil when the page ends in it.
    private mutating func tag() -> HTMLTag? {
        var tag = HTMLTag(element: HTMLElement.named(name { $0 == UInt8(ascii: "/") }))
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ">") {
                at += 1
                return tag
            }
            if byte.isBlank || byte == UInt8(ascii: "/") {
                at += 1
                continue
            }
            attribute(of: &tag)
        }
        return nil
    }

    private mutating func attribute(of tag: inout HTMLTag) {
        let first = at
        at += 1
        let rest = name { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }
        let name = String(decoding: [bytes[first].lowercased], as: UTF8.self) + rest
        while at < bytes.count, bytes[at].isBlank { at += 1 }
        var value = at..<at
        if at < bytes.count, bytes[at] == UInt8(ascii: "=") {
            at += 1
            value = self.value()
        }
        guard Self.wanted.contains(name), value.count <= Self.attributeBytesMax, tag[name] == nil else { return }
        let text = HTMLText.decoded(bytes[value], inAttribute: true)
        tag.attributes.append((name, String(decoding: text, as: UTF8.self)))
    }

    private mutating func value() -> Range<Int> {
        while at < bytes.count, bytes[at].isBlank { at += 1 }
        guard at < bytes.count else { return at..<at }
        let quote = bytes[at]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = at + 1
            at = start
            while at < bytes.count, bytes[at] != quote { at += 1 }
            defer { at = min(at + 1, bytes.count) }
            return start..<at
        }
        let start = at
        while at < bytes.count, !bytes[at].isBlank, bytes[at] != UInt8(ascii: ">") { at += 1 }
        return start..<at
    }

    /// A name in lower case, of which only the beginning is kept: none that is known is as long.
    private mutating func name(endsAt isEnd: (UInt8) -> Bool) -> String {
        var name: [UInt8] = []
        while at < bytes.count, !bytes[at].isBlank, bytes[at] != UInt8(ascii: ">"), !isEnd(bytes[at]) {
            if name.count < 16 { name.append(bytes[at].lowercased) }
            at += 1
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// Where the end tag of an element begins whose text is raw; the end of the page where there is none.
    private func endOfRaw(_ element: HTMLElement) -> Int {
        if element == .plaintext { return bytes.count }
        let name = Array(element.name.utf8)
        var place = at
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "<"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "/") {
                let start = place + 2
                let end = start + name.count
                if end <= bytes.count, zip(bytes[start..<end], name).allSatisfy({ $0.lowercased == $1 }),
                    end == bytes.count || bytes[end].isBlank || bytes[end] == UInt8(ascii: ">")
                        || bytes[end] == UInt8(ascii: "/")
                {
                    return place
                }
            }
            place += 1
        }
        return bytes.count
    }
}

extension UInt8 {
    /// White space of HTML.
    var isBlank: Bool { self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D || self == 0x0C }
    var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
