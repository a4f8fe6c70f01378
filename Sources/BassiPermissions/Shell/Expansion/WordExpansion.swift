/// The words that one word of a script can become, in one folder: by braces, `~`, and the values that the script gives
/// its variables. For rules that restrict: in doubt a word is one more.
struct WordExpansion {
    private typealias Atom = WordShape.Atom
    private typealias Element = BraceExpansion.Element

    let values: ShellValues
    let home: String
    /// Where the command stands.
    let folder: String

    /// More words than these, and more bytes in them, are not looked at.
    private static let wordsMax = 256
    private static let bytesMax = 1 << 17
    /// A value can hold another variable, and so on.
    private static let depthMax = 4
    /// As many words and values are looked at for one word.
    private static let stepsMax = 512
    private var steps = 0

    /// - Parameters:
    ///   - home: The person's home folder; any for the name of a program.
    ///   - folder: Where the command stands; any for the name of a program.
    init(values: ShellValues, home: String = "/", folder: String = "/") {
        (self.values, self.home, self.folder) = (values, home, folder)
    }

    /// The shapes of the words, each once.
    mutating func shapes(of word: ShellWord) -> [WordShape] {
        steps = 0
        let isPlain = !word.isQuoted && !word.parts.contains { if case .expansion = $0 { true } else { false } }
        var shapes: [WordShape] = []
        for atoms in words(of: word, depth: 0) {
            let shape = WordShape(atoms, isPlain: isPlain)
            if !shapes.contains(shape) { shapes.append(shape) }
        }
        return shapes
    }

    private static let anything: [[Atom]] = [[.unknown]]

    private mutating func words(of word: ShellWord, depth: Int) -> [[Atom]] {
        steps += 1
        guard depth < Self.depthMax, steps < Self.stepsMax,
            let words = BraceExpansion.words(of: Self.elements(of: word))
        else {
            return Self.anything
        }
        var found: [[Atom]] = []
        for elements in words {
            found += fields(of: elements, depth: depth)
            guard found.count <= Self.wordsMax, found.reduce(0, { $0 + $1.count }) <= Self.bytesMax else {
                return Self.anything
            }
        }
        return found
    }

    private static func elements(of word: ShellWord) -> [Element] {
        word.parts.flatMap { part -> [Element] in
            switch part {
            case .text(let bytes): bytes.map { .atom(.byte($0)) }
            case .glob(let byte): [.atom(.wildcard(byte))]
            case .tilde: [.tilde]
            case .brace(let byte): [.brace(byte)]
            case .expansion(let name, let splits): [.variable(name, splits: splits)]
            }
        }
    }

    // MARK: - One word behind its braces

    /// The words that are done, and those that still go on.
    private struct Fields {
        var done: [[Atom]] = []
        var open: [[Atom]] = [[]]

        mutating func append(_ atoms: some Sequence<Atom>) {
            let atoms = Array(atoms)
            for index in open.indices { open[index] += atoms }
        }

        /// What is not known and not quoted parts the word into any others, of which the last goes on.
        mutating func partAnywhere() {
            done += open.map { $0 + [.unknown] } + [[.unknown]]
            open = [[.unknown]]
        }

        /// Each way on with each of the values; a value of several fields parts the word.
        mutating func append(anyOf values: [[ArraySlice<Atom>]]) {
            var next: [[Atom]] = []
            for value in values {
                for word in open {
                    if value.count > 1 { done += [word + value[0]] + value[1..<(value.count - 1)].map { Array($0) } }
                    next.append((value.count > 1 ? [] : word) + (value.last ?? []))
                }
            }
            open = next
        }
    }

    private mutating func fields(of elements: [Element], depth: Int) -> [[Atom]] {
        var fields = Fields()
        var rest = elements[...]
        // Behind a brace the parser does not see that a `~` begins the word.
        if rest.first == .atom(.byte(UInt8(ascii: "~"))) { rest[rest.startIndex] = .tilde }
        while let element = rest.popFirst() {
            switch element {
            case .atom(let atom): fields.append([atom])
            case .brace(let byte): fields.append([.byte(byte)])
            case .tilde: fields.append(homeFolder(&rest))
            case .variable(let name, let splits):
                guard let name, let values = values(of: name, depth: depth) else {
                    if splits { fields.partAnywhere() } else { fields.append([.unknown]) }
                    continue
                }
                if splits, values.contains(where: { $0.contains(.unknown) }) {
                    fields.partAnywhere()
                } else {
                    // An assignment does not part its value, the words of a loop are parted.
                    let whole = splits && depth == 0 ? [] : values.map { [$0[...]] }
                    fields.append(anyOf: whole + (splits ? values.map { Self.split($0) } : []))
                }
            }
            let count = fields.open.reduce(0) { $0 + $1.count } + fields.done.count
            guard fields.open.count <= Self.wordsMax, count <= Self.bytesMax else { return Self.anything }
        }
        return fields.done + fields.open
    }

    /// `~` and `~+` are known; `~-` and `~somebody` are not.
    private func homeFolder(_ rest: inout ArraySlice<Element>) -> [Atom] {
        let name = rest.prefix { element in
            if case .atom(.byte(let byte)) = element { byte != UInt8(ascii: "/") } else { false }
        }
        rest = rest.dropFirst(name.count)
        let isWhole = rest.first.map { $0 == .atom(.byte(UInt8(ascii: "/"))) } ?? true
        guard isWhole else { return [.unknown] }
        if name.isEmpty { return home.utf8.map { .byte($0) } }
        return name == [.atom(.byte(UInt8(ascii: "+")))] ? folder.utf8.map { .byte($0) } : [.unknown]
    }

    // MARK: - Variables

    /// What the variable can be; nil when that is not known. One that is not set, or not yet, is empty.
    private mutating func values(of name: [UInt8], depth: Int) -> [[Atom]]? {
        var known: [[Atom]]?
        for word in values[name] ?? [] { known = (known ?? [[]]) + words(of: word, depth: depth + 1) }
        switch String(decoding: name, as: UTF8.self) {
        case "HOME": known = (known ?? []) + [home.utf8.map { .byte($0) }]
        case "PWD": known = (known ?? []) + [folder.utf8.map { .byte($0) }]
        case "?", "#", "$", "!": known = Self.number
        default: break
        }
        return known
    }

    /// A number is no name that anybody keeps from being read.
    private static let number: [[Atom]] = [[.byte(UInt8(ascii: "0"))]]

    /// The fields of a value that is not quoted, in which wildcards stand for names.
    private static func split(_ value: [Atom]) -> [ArraySlice<Atom>] {
        let atoms = value.map { atom -> Atom in
            if case .byte(let byte) = atom, "*?[".utf8.contains(byte) { .wildcard(byte) } else { atom }
        }
        return atoms.split(omittingEmptySubsequences: false) { atom in
            if case .byte(let byte) = atom { ShellWords.isBlank(byte) || byte == UInt8(ascii: "\n") } else { false }
        }
    }
}
