/// The pattern of a rule for files: `./src/**`, `~/notes/*.md`, `//etc/hosts`, `/x` below the settings file's folder.
///
/// `*` stands for any text in one component, `?` for one character, `**` alone between slashes for any number of
/// components, none too.
struct PathPattern: Sendable, Equatable {
    /// Where the pattern begins.
    enum Anchor: Sendable, Equatable {
        case folder, settings, home, root
    }

    enum Part: Sendable, Equatable {
        case anyDepth
        case name(Glob)
    }

    private let anchor: Anchor
    /// The components before the first wildcard, `..` still in them.
    var prefix: [AbsolutePath.Component]
    var rest: [Part]
    /// A name alone, `.env`: a rule that restricts holds at any depth then, which is what people mean by it.
    let isNameAlone: Bool

    /// Reads a pattern.
    ///
    /// - Throws: ``RuleError/Problem`` with the right form.
    init(_ text: String) throws(RuleError.Problem) {
        let (anchor, body) = try Self.anchor(of: text)
        guard body.isEmpty || body.utf8.last != UInt8(ascii: "/") else { throw .endsWithSlash }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            throw .braces
        }
        var prefix: [AbsolutePath.Component] = []
        var rest: [Part] = []
        for part in AbsolutePath.split(body) where part != AbsolutePath.here {
            let glob = Glob(part, questionMark: true)
            if rest.isEmpty, glob.isLiteral {
                prefix.append(part)
            } else {
                guard part != AbsolutePath.parent else { throw .parentAfterWildcard }
                rest.append(try Self.part(part, glob))
            }
        }
        self.anchor = anchor
        self.prefix = prefix
        self.rest = rest
        isNameAlone =
            anchor == .folder && !text.utf8.contains(UInt8(ascii: "/")) && prefix.count + rest.count == 1
            && prefix.first != AbsolutePath.parent
    }

    private static func part(_ bytes: AbsolutePath.Component, _ glob: Glob) throws(RuleError.Problem) -> Part {
        let stars = bytes.filter { $0 == UInt8(ascii: "*") }.count
        if stars == 2, bytes.count == 2 { return .anyDepth }
        let twoInARow = zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "*") && $1 == UInt8(ascii: "*") }
        guard !twoInARow else { throw .doubleStarInName }
        return .name(glob)
    }

    private static func anchor(of text: String) throws(RuleError.Problem) -> (Anchor, Substring) {
        let bytes = Array(text.utf8)
        let slash = UInt8(ascii: "/")
        func after(_ count: Int) -> Substring { Substring(text.utf8.dropFirst(count)) }
        if bytes.starts(with: [slash, slash]) {
            guard bytes.count > 2 else { throw .emptyPattern }
            return (.root, after(2))
        }
        if bytes.first == slash {
            guard bytes.count > 1 else { throw .emptyPattern }
            return (.settings, after(1))
        }
        if bytes.first == UInt8(ascii: "~") {
            guard bytes.count == 1 || bytes[1] == slash else { throw .otherHome }
            guard bytes.count != 2 else { throw .emptyPattern }
            return (.home, after(bytes.count == 1 ? 1 : 2))
        }
        return (.folder, Substring(text))
    }
}

// MARK: - Matching

extension PathPattern {
    /// For allow rules: whether the path is covered wherever it may lead.
    ///
    /// A link inside the session's folder is not followed for the pattern: whoever can write there could aim
    /// `./src` at `/etc`, and `Read(./src/**)` does not mean that.
    func covers(_ places: Places, in resolver: PathResolver) -> Bool {
        let start = strictStart(resolver)
        return places.isKnown && places.real.allSatisfy { matches($0, from: start) }
    }

    /// For deny and ask rules: whether one of the paths, or a folder it is in, is meant in any reading, and in any
    /// spelling: to some file systems `.ENV` is `.env`.
    func touches(anyOf files: [Places], in resolver: PathResolver) -> Bool {
        guard !files.isEmpty else { return false }
        let starts = Set(generousStarts(resolver).map(\.foldingCase))
        let folders = Self.folders(of: resolver).map(\.foldingCase)
        let pattern = foldingCase
        return files.contains { places in
            places.all.lazy.map(\.foldingCase).contains { path in
                starts.contains { pattern.touches(path, from: $0) }
                    || isNameAlone && pattern.touchesName(path, below: folders)
            }
        }
    }

    /// The session's folder, as it is written and with its links resolved.
    static func folders(of resolver: PathResolver) -> [AbsolutePath] {
        [AbsolutePath(lexically: AbsolutePath.split(resolver.folder)), resolver.realFolder]
    }

    private func base(_ resolver: PathResolver) -> String {
        switch anchor {
        case .folder: resolver.folder
        case .settings: resolver.settingsFolder
        case .home: resolver.home
        case .root: "/"
        }
    }

    private func strictStart(_ resolver: PathResolver) -> AbsolutePath {
        let base = base(resolver)
        let real = PathResolver.real(base)
        switch anchor {
        case .folder, .settings: return AbsolutePath(lexically: real.components + prefix)
        case .home, .root: break
        }
        let written = AbsolutePath(lexically: AbsolutePath.split(base) + prefix)
        let folder = AbsolutePath(lexically: AbsolutePath.split(resolver.folder))
        if let below = written.below(folder) { return AbsolutePath(resolver.realFolder.components + below) }
        if written.isInside(resolver.realFolder) { return written }
        return PathResolver.follow(AbsolutePath.split(base) + prefix) ?? written
    }

    func generousStarts(_ resolver: PathResolver) -> Set<AbsolutePath> {
        let written = AbsolutePath.split(base(resolver)) + prefix
        var starts: Set = [
            AbsolutePath(lexically: written),
            AbsolutePath(lexically: PathResolver.real(base(resolver)).components + prefix),
        ]
        if let followed = PathResolver.follow(written) { starts.insert(followed) }
        return starts
    }

    private func matches(_ path: AbsolutePath, from start: AbsolutePath) -> Bool {
        path.below(start).map { Self.reached($0, rest).last == true } ?? false
    }

    /// Whether the path or a folder it is in matches.
    private func touches(_ path: AbsolutePath, from start: AbsolutePath) -> Bool {
        path.below(start).map { Self.reached($0, rest).contains(true) } ?? false
    }

    /// Whether a component below the folder is the name.
    private func touchesName(_ path: AbsolutePath, below folders: [AbsolutePath]) -> Bool {
        folders.lazy.compactMap { path.below($0) }.joined().contains { component in
            prefix.first == component || !rest.isEmpty && Self.reached([component], rest).last == true
        }
    }

    /// For each number of components, whether the parts can take just so many.
    ///
    /// Part by part instead of trying each length of each `**`: time grows with components times parts.
    private static func reached(_ components: [AbsolutePath.Component], _ parts: [Part]) -> [Bool] {
        var reached = [Bool](repeating: false, count: components.count + 1)
        reached[0] = true
        for part in parts {
            var next = [Bool](repeating: false, count: components.count + 1)
            switch part {
            case .anyDepth:
                guard let first = reached.firstIndex(of: true) else { return next }
                for index in first..<next.count { next[index] = true }
            case .name(let glob):
                for (index, component) in components.enumerated() where reached[index] {
                    next[index + 1] = glob.matches(component[...])
                }
            }
            reached = next
        }
        return reached
    }
}
