/// What elements mean in Markdown.
extension HTMLReader {
    private static let altBytesMax = 500

    /// Tells the writer what begins, and gives what is to be done when it ends.
    mutating func effect(of tag: HTMLTag) -> Effect {
        let element = tag.element
        switch element {
        case .strong, .b: return span(.strong)
        case .em, .i, .cite, .dfn: return span(.emphasis)
        case .del, .s, .strike: return span(.deleted)
        case .code, .kbd, .samp, .tt:
            if writer.isVerbatim, let language = Self.language(of: tag) { writer.setLanguage(language) }
            return span(.code)
        case .a:
            guard let target = tag["href"].flatMap({ references.resolve($0) }) else { return .none }
            return span(.link(target.replacing("(", with: "%28").replacing(")", with: "%29")))
        case .q:
            writer.add("\"".utf8)
            return .quote
        case .pre, .listing: return verbatim(tag)
        case .table, .tr, .td, .th: return tableEffect(of: element)
        case .blockquote: return container("> ", isItem: false)
        case .ul, .menu, .ol:
            writer.endBlock()
            lists.append(element == .ol ? min(max(tag["start"].flatMap { Int($0) } ?? 1, 0), 1_000_000) : nil)
            return .list
        case .li: return container(nextMark(), isItem: true)
        case .dd: return container(": ", isItem: true)
        default: break
        }
        guard element.isBlock else { return .none }
        writer.endBlock()
        guard let level = element.headingLevel, !writer.isVerbatim else { return .block }
        writer.headingLevel = level
        return .heading
    }

    /// What an element leaves when it ends.
    mutating func finish(_ effect: Effect) {
        switch effect {
        case .none, .skip: break
        case .span(let kind): writer.end(kind)
        case .quote: writer.add("\"".utf8)
        case .block, .row: writer.endBlock()
        case .heading:
            writer.endBlock()
            writer.headingLevel = nil
        case .verbatim: writer.endVerbatim()
        case .container: writer.endContainer()
        case .list:
            writer.endBlock()
            if !lists.isEmpty { lists.removeLast() }
        case .cell:
            writer.endBlock()
            if writer.tables.isTooLong { giveUpTable() }
            writer.tables.endCell()
        case .table:
            writer.endBlock()
            for block in writer.tables.end() { writer.write(block) }
        }
    }

    mutating func addPicture(_ tag: HTMLTag) {
        guard let alt = tag["alt"], let source = tag["src"].flatMap({ references.resolve($0) }) else { return }
        let words = alt.utf8.prefix(Self.altBytesMax).split { $0 <= 0x20 || $0 == 0x7F }
        let line = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
        guard !line.isEmpty, !writer.isVerbatim else { return }
        writer.add(markdown: "![\(line)](\(source.replacing("(", with: "%28").replacing(")", with: "%29")))")
    }

    private mutating func span(_ span: MarkdownWriter.Span) -> Effect {
        writer.begin(span) ? .span(span.kind) : .none
    }

    private mutating func verbatim(_ tag: HTMLTag) -> Effect {
        guard !writer.isVerbatim else { return .none }
        writer.endBlock()
        giveUpTable()
        writer.beginVerbatim(language: Self.language(of: tag) ?? "")
        return .verbatim
    }

    private mutating func container(_ mark: String, isItem: Bool) -> Effect {
        // In a cell and in a program's text there is no room for blocks.
        guard !writer.tables.isInCell, !writer.isVerbatim else {
            writer.endBlock()
            return .block
        }
        writer.beginContainer(mark, isItem: isItem)
        return .container
    }

    private mutating func nextMark() -> String {
        guard let last = lists.last, let number = last else { return "- " }
        lists[lists.count - 1] = number + 1
        return "\(number). "
    }

    private mutating func tableEffect(of element: HTMLElement) -> Effect {
        guard !writer.isVerbatim else { return .none }
        writer.endBlock()
        switch element {
        case .table:
            giveUpTable()
            writer.tables.begin()
            return .table
        case .tr:
            writer.tables.beginRow()
            return .row
        default:
            writer.tables.beginCell(isHeader: element == .th)
            return .cell
        }
    }

    /// What holds a table or a program's text in a cell arranges the page.
    private mutating func giveUpTable() {
        for paragraph in writer.tables.giveUp() { writer.write(paragraph) }
    }

    /// `language-swift` in the class of `pre` or `code`.
    private static func language(of tag: HTMLTag) -> String? {
        let names = tag["class"]?.split(separator: " ").lazy.compactMap { word -> Substring? in
            for prefix in ["language-", "lang-"] where word.hasPrefix(prefix) { return word.dropFirst(prefix.count) }
            return nil
        }
        return names?.first.map { name in String(name.prefix(20).filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }
    }
}
