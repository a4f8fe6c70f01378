import Foundation

/// A command line taken apart, and what each part of it touches.
struct CommandReview: Sendable {
    /// A file that a redirection opens.
    struct File: Sendable {
        let shown: String
        let writes: Bool
        /// Where it is, for each folder in which the command can stand; nil when only the run can tell.
        let places: [Places]?
        /// Whether it is an address of the network to bash.
        let isNetwork: Bool
    }

    /// One command with what it touches.
    struct Part: Sendable {
        let command: ShellCommand
        let files: [File]
        /// Why it is not known to read only in the session's folder; nil when it is.
        let whyNotReading: String?
        /// Whether it shows what is in files that it does not name.
        let isDeep: Bool
        /// The words that it opens, when they are known.
        let opened: [ShellWord]?
        /// The words that become names only when it runs.
        var unclear = UnclearWords()
        /// The first variable that it sets and that can change what commands do.
        var changing: String? { command.assigned.first { !SafeVariables.contains($0) && !setsFieldsToRead($0) } }

        /// Whether it reads only, whatever the names of its files become: none of them can be an option.
        var readsWhateverItIsGiven: Bool {
            if whyNotReading == nil { return true }
            var known = command
            known.words = command.words.map { $0.literal == nil ? ShellWord(literal: $0.knownBytes) : $0 }
            let begins = command.words.allSatisfy { $0.literal != nil || $0.beginsPlainly || $0.parts.first == .tilde }
            guard begins, case .reads = ReadOnlyCommand.verdict(of: known) else { return false }
            return true
        }

        /// `IFS= read -r line` is how lines are read.
        private func setsFieldsToRead(_ name: String) -> Bool { name == "IFS" && command.name == "read" }
    }

    let line: String
    let script: ShellScript
    let parts: [Part]
    /// The words that are known, as files in each folder, for rules that restrict.
    let words: [Places]

    /// - Parameter searches: Whether folders are looked into for what words can become: where a rule restricts single
    ///   files.
    init(_ line: String, in resolver: PathResolver, searches: Bool = true) {
        self.line = line
        let script = ShellScript(line)
        self.script = script
        let folders = ShellFolders(of: script, from: resolver.folder)
        var (search, room) = (WildcardSearch(), UnclearWords.pathsMax)
        parts = script.commands.indices.map { index in
            let resolvers = folders[index]?.map { resolver.moved(to: $0) }
            var part = Self.part(script.commands[index], in: resolvers, of: resolver)
            part.unclear = UnclearWords(
                of: part, in: resolvers ?? [resolver], values: script.values, room: &room)
            if searches, resolvers != nil { part.unclear.search(with: &search, in: resolver) }
            return part
        }
        words = Self.words(of: script, folders, resolver)
    }

    /// Whether nothing in it writes, as far as is known.
    var onlyReads: Bool {
        script.isUnderstood
            && parts.allSatisfy { part in
                part.changing == nil && part.files.allSatisfy { !$0.writes }
                    && (part.command.words.isEmpty || part.command.wrapping == .transparent
                        || part.whyNotReading == nil)
            }
    }

    // MARK: - What the parts touch

    private static func part(
        _ command: ShellCommand, in resolvers: [PathResolver]?, of session: PathResolver
    ) -> Part {
        let files = command.redirections.compactMap { file($0, in: resolvers) }
        var (why, paths, isDeep): (String?, [ShellWord]?, Bool) = (nil, nil, false)
        if !command.words.isEmpty {
            switch reading(command) {
            case .unknown(let reason): why = reason
            case .reads(let found, let deep):
                (paths, isDeep) = (found, deep)
                why = whyNotHere(command, found, in: resolvers, of: session)
            }
        }
        return Part(command: command, files: files, whyNotReading: why, isDeep: isDeep, opened: paths)
    }

    /// Why what it reads is not known to be in the session's folder, or git may run a program for it.
    private static func whyNotHere(
        _ command: ShellCommand, _ paths: [ShellWord], in resolvers: [PathResolver]?, of session: PathResolver
    ) -> String? {
        var why = paths.lazy.compactMap { Self.whyNotInside($0, of: command.name, in: resolvers, of: session) }.first
        if why == nil, command.name == "diff", let folder = paths.first(where: { isFolder($0, in: resolvers) }) {
            why = "'\(folder.shown)' is a folder, and links in it can lead out of the session's"
        }
        if why == nil, command.name == "git" {
            let named = ReadOnlyGit.folders(named: command.words.dropFirst())
            why =
                resolvers?.lazy.compactMap { programsOfGit(in: $0, named: named) }.first
                ?? (resolvers == nil ? "it is not known in which folder git runs" : nil)
        }
        return why
    }

    private static func isFolder(_ word: ShellWord, in resolvers: [PathResolver]?) -> Bool {
        guard let path = word.path else { return false }
        return (resolvers ?? []).contains { resolver in
            var isDirectory: ObjCBool = false
            guard let place = resolver.resolve(path) else { return false }
            return FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) && isDirectory.boolValue
        }
    }

    /// Each `-C` goes on from where the one before led.
    private static func programsOfGit(in resolver: PathResolver, named folders: [String]) -> String? {
        var place = resolver
        for folder in folders where !folder.isEmpty {
            guard let next = place.resolve(folder) else { return "it is not known in which folder git runs" }
            place = place.moved(to: next)
        }
        return GitRepository.programs(in: place.folder)
    }

    private static func reading(_ command: ShellCommand) -> ReadOnlyVerdict {
        guard command.name == "cd" else { return ReadOnlyCommand.verdict(of: command) }
        guard let target = ShellFolders.target(of: command) else { return .unknown("where it goes is not known") }
        return .reads([target], isDeep: false)
    }

    private static func whyNotInside(
        _ word: ShellWord, of program: String?, in resolvers: [PathResolver]?, of session: PathResolver
    ) -> String? {
        if word.isPattern, let resolvers { return PatternWord(word, of: program, session).whyNotInside(in: resolvers) }
        guard let path = word.path else { return "'\(word.shown)' is known only when it runs" }
        if path.isEmpty || path == "-" { return nil }
        guard let resolvers else { return "'\(path)' is in a folder that is not known" }
        let folder = session.realFolder
        let isInside = resolvers.allSatisfy { resolver in
            let places = Places(path, in: resolver)
            return places.isKnown && places.real.allSatisfy { $0.isInside(folder) }
        }
        return isInside ? nil : "'\(path)' is not in the session's folder"
    }

    private static func file(_ redirection: ShellRedirection, in resolvers: [PathResolver]?) -> File? {
        guard redirection.kind != .none else { return nil }
        let path = redirection.target.path
        if let path, ["/dev/null", "/dev/stdout", "/dev/stderr"].contains(path) { return nil }
        return File(
            shown: redirection.target.shown, writes: redirection.kind == .write,
            places: path.flatMap { path in resolvers?.map { Places(path, in: $0) } },
            isNetwork: path.map { $0.hasPrefix("/dev/tcp") || $0.hasPrefix("/dev/udp") } ?? false)
    }

    /// Files that words can name, the words of wrapped commands too.
    private static func words(of script: ShellScript, _ folders: ShellFolders, _ resolver: PathResolver) -> [Places] {
        var seen: Set<String> = []
        var places: [Places] = []
        for (index, command) in script.commands.enumerated() {
            let words = command.words + command.redirections.map(\.target)
            for folder in folders[index] ?? [resolver.folder] {
                for path in words.compactMap(\.path) where seen.insert("\(folder)\u{0}\(path)").inserted {
                    // What is looked at stays bounded; the fragments of the line are looked at besides.
                    guard places.count < 1_024 else { return places }
                    places.append(Places(path, in: resolver.moved(to: folder)))
                }
            }
        }
        return places
    }
}

extension PathResolver {
    /// The same resolver for a command that stands in another folder.
    fileprivate func moved(to folder: String) -> PathResolver {
        guard folder.hasPrefix("~") else {
            return PathResolver(folder: folder, home: home, settingsFolder: settingsFolder)
        }
        guard folder == "~" || folder.hasPrefix("~/") else {
            // The home of somebody else: no path in it is known, and this one leads nowhere.
            return PathResolver(folder: "/\u{1}unknown", home: home, settingsFolder: settingsFolder)
        }
        return PathResolver(folder: home + folder.dropFirst(), home: home, settingsFolder: settingsFolder)
    }
}
