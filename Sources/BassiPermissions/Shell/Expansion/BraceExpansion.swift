/// The words that braces make of one: `a{b,c}` is `ab` and `ac`.
enum BraceExpansion {
    /// A part of a word before its variables are looked at.
    enum Element: Sendable, Equatable {
        case atom(WordShape.Atom)
        case tilde
        case variable([UInt8]?, splits: Bool)
        case brace(UInt8)
    }

    /// More words than these are not looked at.
    private static let wordsMax = 128

    /// The words, without braces; nil for too many. `{1..9}` becomes what is not known.
    static func words(of elements: [Element]) -> [[Element]]? {
        var steps = 0
        let words = expand(elements[...], &steps)
        return elements.contains(.brace(UInt8(ascii: "{"))) ? words?.map(joiningNames) : words
    }

    /// Braces come before variables: `$v{a,b}` is `$va` and `$vb`.
    private static func joiningNames(_ word: [Element]) -> [Element] {
        zip(word, word.dropFirst() + [.tilde]).map { element, next in
            guard case .variable(_, let splits) = element else { return element }
            switch next {
            case .atom(.byte(let byte)) where byte.isNamePart: return .variable(nil, splits: splits)
            case .atom(.unknown): return .variable(nil, splits: splits)
            case .atom, .tilde, .variable, .brace: return element
            }
        }
    }

    private static func expand(_ elements: ArraySlice<Element>, _ steps: inout Int) -> [[Element]]? {
        steps += 1
        guard steps <= wordsMax * 2 else { return nil }
        var plain: [Element] = []
        var rest = elements
        while let element = rest.first {
            guard element == .brace(UInt8(ascii: "{")), let group = Group(rest) else {
                plain.append(literal(element))
                rest = rest.dropFirst()
                continue
            }
            guard let behind = expand(rest[group.end...], &steps) else { return nil }
            var choices: [[Element]] = []
            for choice in group.choices {
                guard let words = expand(choice, &steps) else { return nil }
                choices += words
            }
            guard choices.count * behind.count <= wordsMax else { return nil }
            return choices.flatMap { choice in behind.map { plain + choice + $0 } }
        }
        return [plain]
    }

    private static func literal(_ element: Element) -> Element {
        if case .brace(let byte) = element { .atom(.byte(byte)) } else { element }
    }

    /// What stands between an opening brace and the one that closes it.
    private struct Group {
        let choices: [ArraySlice<Element>]
        /// Behind the closing brace.
        let end: Int

        /// Nil for a brace that makes nothing: it is not closed, or has neither a comma nor dots.
        init?(_ elements: ArraySlice<Element>) {
            var depth = 0
            var choices: [ArraySlice<Element>] = []
            var start = elements.startIndex + 1
            for index in elements.indices {
                guard case .brace(let byte) = elements[index] else { continue }
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: ","), depth == 1 {
                    choices.append(elements[start..<index])
                    start = index + 1
                }
                guard byte == UInt8(ascii: "}") else { continue }
                depth -= 1
                guard depth == 0 else { continue }
                let last = elements[start..<index]
                end = index + 1
                if !choices.isEmpty {
                    self.choices = choices + [last]
                } else if Self.isSequence(last) {
                    self.choices = [[.atom(.unknown)]]
                } else {
                    return nil
                }
                return
            }
            return nil
        }

        private static func isSequence(_ elements: ArraySlice<Element>) -> Bool {
            let dot = Element.atom(.byte(UInt8(ascii: ".")))
            return zip(elements, elements.dropFirst()).contains { $0 == dot && $1 == dot }
        }
    }
}
