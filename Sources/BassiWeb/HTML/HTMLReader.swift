/// Reads the tags of a page and tells a writer what they mean.
struct HTMLReader {
    /// What ends with an element.
    enum Effect {
        case none, block, skip, heading, verbatim, container, list, table, row, cell, quote
        case span(Int)
    }

    struct Open {
        let element: HTMLElement
        let effect: Effect
    }

    /// Elements within each other that are told apart; the tags of what lies deeper are not looked at.
    static let depthMax = 200
    private static let titleBytesMax = 300

    private var tokens: HTMLTokenizer
    var references: WebReference
    private let address: WebAddress
    var writer = MarkdownWriter()
    private(set) var title: String?

    private var stack: [Open] = []
    /// How many of each element are open.
    private var counts = [Int](repeating: 0, count: HTMLElement.allCases.count)
    private var skips = 0
    /// The lists that are open, and the number of the next item of those that are numbered.
    var lists: [Int?] = []

    init(_ bytes: [UInt8], address: WebAddress) {
        tokens = HTMLTokenizer(bytes)
        self.address = address
        references = WebReference(base: address)
    }

    /// Reads to the end; false when there was more than fits.
    mutating func read(bytesMax: Int, isCancelled: () -> Bool) -> Bool {
        var count = 0
        while let token = tokens.next() {
            count += 1
            if writer.byteCount > bytesMax || (count & 0xFFF == 0 && isCancelled()) {
                close(to: 0)
                return false
            }
            switch token {
            case .text(let range): if skips == 0 { writer.add(HTMLText.decoded(tokens.bytes[range]).withPlainBlanks) }
            case .raw(.title, let range): takeTitle(tokens.bytes[range])
            case .raw(.xmp, let range), .raw(.plaintext, let range): if skips == 0 { writer.add(tokens.bytes[range]) }
            case .raw: break
            case .start(let tag): begin(tag)
            case .end(let element): end(element)
            }
        }
        close(to: 0)
        writer.endBlock()
        return true
    }

    private mutating func takeTitle(_ bytes: ArraySlice<UInt8>) {
        guard title == nil, skips == 0 else { return }
        let words = HTMLText.decoded(bytes.prefix(4 * Self.titleBytesMax)).split { $0 <= 0x20 || $0 == 0x7F }
        let line = Array(words.joined(separator: [0x20])).prefix(Self.titleBytesMax)
        title = line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    // MARK: - The stack

    private mutating func begin(_ tag: HTMLTag) {
        let element = tag.element
        if element.isVoid || element.isRawText { return single(tag) }
        endImplied(by: element)
        guard stack.count < Self.depthMax else {
            if element.isBlock, skips == 0 { writer.endBlock() }
            return
        }
        let effect: Effect
        if skips > 0 {
            effect = .none
        } else if element.isSkipped || tag.isHidden, element != .html, element != .body {
            if element.isBlock { writer.endBlock() }
            effect = .skip
            skips += 1
        } else {
            effect = self.effect(of: tag)
        }
        stack.append(Open(element: element, effect: effect))
        counts[element.rawValue] += 1
    }

    private mutating func single(_ tag: HTMLTag) {
        if tag.element == .base, let href = tag["href"], let base = references.resolve(href),
            let address = try? WebAddress(base)
        {
            references = WebReference(base: address)
        }
        guard skips == 0, !tag.isHidden else { return }
        switch tag.element {
        case .br: writer.breakLine()
        case .hr: writer.writeRule()
        case .img: addPicture(tag)
        default: break
        }
    }

    private mutating func endImplied(by element: HTMLElement) {
        if let (ends, within) = element.implies, ends.contains(where: { counts[$0.rawValue] > 0 }) {
            for index in stack.indices.reversed() {
                if ends.contains(stack[index].element) {
                    close(to: index)
                    break
                }
                if within.contains(stack[index].element) { break }
            }
        }
        if element.isBlock, counts[HTMLElement.p.rawValue] > 0 { closeNearest(.p) }
        if element == .a, counts[HTMLElement.a.rawValue] > 0 { closeNearest(.a) }
    }

    private mutating func end(_ element: HTMLElement) {
        guard !element.isVoid, !element.isRawText else {
            if element == .br, skips == 0 { writer.breakLine() }
            return
        }
        guard counts[element.rawValue] > 0 else { return }
        let isOfTable: Bool =
            switch element {
            case .table, .thead, .tbody, .tfoot, .tr, .td, .th, .caption: true
            default: false
            }
        for index in stack.indices.reversed() {
            let open = stack[index].element
            if open == element { return close(to: index) }
            if open.isScope, !isOfTable || open == .table { return }
            // The end of a part of a line does not end the paragraph around it.
            if !element.isBlock, open.isBlock { return }
        }
    }

    private mutating func closeNearest(_ element: HTMLElement) {
        for index in stack.indices.reversed() {
            if stack[index].element == element { return close(to: index) }
            if stack[index].element.isScope { return }
        }
    }

    /// Closes all that is open from this place on.
    private mutating func close(to depth: Int) {
        while stack.count > depth {
            let open = stack.removeLast()
            counts[open.element.rawValue] -= 1
            if case .skip = open.effect { skips -= 1 } else if skips == 0 { finish(open.effect) }
        }
    }
}

extension [UInt8] {
    /// With blanks in place of those that do not break, which hold pages together and mean nothing in a text.
    var withPlainBlanks: [UInt8] {
        guard contains(0xC2) else { return self }
        var plain: [UInt8] = []
        plain.reserveCapacity(count)
        var at = 0
        while at < count {
            if self[at] == 0xC2, at + 1 < count, self[at + 1] == 0xA0 {
                plain.append(0x20)
                at += 2
            } else {
                plain.append(self[at])
                at += 1
            }
        }
        return plain
    }
}
