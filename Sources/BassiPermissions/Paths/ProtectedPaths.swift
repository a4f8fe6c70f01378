import BassiProcess

/// Files that start programs or change what may be done, which a call may touch only when a person says so.
struct ProtectedPaths: Sendable {
    private let resolver: PathResolver
    private let extra: [String]
    private let bassiHome: String

    init(resolver: PathResolver, extra: [String], bassiHome: String) {
        self.resolver = resolver
        self.extra = extra
        self.bassiHome = bassiHome
    }

    /// The first protected path that a call touches, for a reason; nil when there is none.
    func name(touchedBy call: CallSubjects, isWriting: Bool) -> String? {
        if call.isTooLong { return "a command line longer than \(ShellWords.commandBytesMax) bytes" }
        let guardian = Guardian(resolver, extra, bassiHome)
        for places in call.files {
            // A word of a command line need not be a path; only what a tool names must be known.
            if !places.isKnown, call.tool != .bash { return "a path that leads nobody knows where" }
            for place in places.all {
                if let name = guardian.name(of: place, isWriting: isWriting, isShell: call.tool == .bash) {
                    return name
                }
            }
        }
        return isWriting && call.tool == .bash ? possibleName(touchedBy: call) : nil
    }

    /// The protected path that a word of a command says enough to become: `.g*/hooks/x`, `d=.git; cp x $d/config`.
    private func possibleName(touchedBy call: CallSubjects) -> String? {
        if call.isCrowded { return "more files than are looked at" }
        let words = call.reviews.flatMap(\.parts).flatMap { part in
            part.unclear.words.filter { $0.isWritten || $0.mayBeOpened && !part.readsWhateverItIsGiven }
        }
        let paths = words.flatMap(\.paths)
        guard !paths.isEmpty else { return nil }
        if paths.contains(where: { Self.git.likeness(to: $0.last.foldingCase) == .aimed }) { return ".git" }
        return Self.patterns.first { $0.pattern.likeness(toAnyOf: paths, in: resolver) == .aimed }?.name
    }

    private static let git = Glob(literal: ".git".utf8)

    private static let patterns: [(name: String, pattern: PathPattern)] =
        ProtectedNames.ofGit.map { (".git/\($0)", "//**/.git/\($0)") }
        .appending(ProtectedNames.inFolder.map { ($0, "**/\($0)") })
        .appending(ProtectedNames.inHome.map { ("~/\($0)", "~/\($0)") })
        .compactMap { name, text in (try? PathPattern(text)).map { (name, $0) } }
}

extension Array {
    fileprivate func appending(_ others: [Element]) -> [Element] { self + others }
}

/// The protected places of one moment, with links resolved.
private struct Guardian {
    private typealias Name = [AbsolutePath.Component]

    private let folders: [AbsolutePath]
    private let homes: [AbsolutePath]
    private let extra: [(name: String, places: [AbsolutePath])]
    private let bassiHome: [AbsolutePath]

    init(_ resolver: PathResolver, _ extra: [String], _ bassiHome: String) {
        func places(_ path: String) -> [AbsolutePath] { Places(path, in: resolver).all.map(\.foldingCase) }
        folders = places(resolver.folder)
        homes = places(resolver.home)
        self.extra = extra.map { ($0, places($0)) }
        self.bassiHome = places(bassiHome)
    }

    func name(of written: AbsolutePath, isWriting: Bool, isShell: Bool) -> String? {
        let place = written.foldingCase
        if bassiHome.contains(where: place.isInside) { return "Bassi's home folder" }
        guard isWriting else { return nil }
        if let named = extra.first(where: { $0.places.contains(where: place.isInside) }) { return named.name }
        for home in homes {
            guard let below = place.below(home) else { continue }
            if let file = Self.homeFiles.first(where: { below.starts(with: $0.parts) }) { return "~/" + file.text }
        }
        // A session in `~/.claude/worktrees/x` is not all protected: what counts is below its folder.
        let below = folders.lazy.compactMap { place.below($0) }.first ?? place.components
        if below.last == Self.git { return ".git" }
        if let file = Self.anywhere.first(where: { below.contains(sequence: $0.parts) }) { return file.text }
        // `cd ~ && echo x >> .bashrc`: where a shell stands is not known.
        guard isShell else { return nil }
        return Self.homeFiles.first { below.suffix($0.parts.count).elementsEqual($0.parts) }.map { "~/" + $0.text }
    }

    private struct File {
        let text: String
        let parts: Name

        init(_ text: String) {
            self.text = text
            parts = AbsolutePath.split(text)
        }
    }

    private static let git = Array(".git".utf8)

    /// In the session's folder, in every folder below it and in every other place: a repository or a project in a
    /// sub-folder starts programs as the outer one does, once somebody works there.
    private static let anywhere =
        (ProtectedNames.ofGit + ["worktrees"]).map { File(".git/" + $0) } + ProtectedNames.inFolder.map(File.init)

    private static let homeFiles = ProtectedNames.inHome.map(File.init)
}

extension [AbsolutePath.Component] {
    fileprivate func contains(sequence: [AbsolutePath.Component]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
