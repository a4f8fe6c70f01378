import Foundation

extension PathPattern {
    /// For deny and ask rules: how far one of the paths that words can become is meant, or a folder it is in.
    func likeness(toAnyOf paths: [PossiblePath], in resolver: PathResolver) -> Likeness {
        guard !paths.isEmpty else { return .none }
        let starts = generousStarts(resolver)
        let folders = Self.folders(of: resolver)
        let isFolder = isFolder(in: starts)
        let (pattern, foldedStarts) = (foldingCase, Set(starts.map(\.foldingCase)))
        let foldedFolders = folders.map(\.foldingCase)
        var best = Likeness.none
        for path in paths where best < .aimed {
            let (folded, names) = (path.foldingCase, likeness(to: path.names, starts, folders))
            best = max(best, path.isOpen ? open(path, names, isFolder) : closed(path, names, resolver))
            if best == .aimed { break }
            // In the other spellings: what is there under these names was looked at already.
            let others = pattern.likeness(to: folded.names, foldedStarts, foldedFolders)
            if path.isOpen {
                best = max(best, pattern.open(folded, others, isFolder))
            } else if others == .aimed || !path.isSearched {
                best = max(best, others)
            }
        }
        return best
    }

    /// Where any name would do, the folder says what is there: `*` beside `*.pem` is meant where there is one.
    private func closed(_ path: PossiblePath, _ names: Likeness, _ resolver: PathResolver) -> Likeness {
        if names == .aimed || touches(anyOf: path.found, in: resolver) { return .aimed }
        return path.isSearched ? .none : names
    }

    /// A file is looked for in the session's folder where its own is not known; and one whose end fits can be meant.
    private func open(_ path: PossiblePath, _ names: Likeness, _ isFolder: Bool) -> Likeness {
        if names == .aimed { return .aimed }
        return isFolder || lastName.likeness(to: path.last) > .none ? .possible : .none
    }

    /// The last component of the pattern.
    private var lastName: Glob {
        switch rest.last {
        case .name(let glob)?: glob
        case .anyDepth?: Glob("*".utf8, questionMark: false)
        case nil: Glob(literal: prefix.last ?? [])
        }
    }

    /// Whether all in a folder is meant, so that the last component of a path says nothing.
    private func isFolder(in starts: Set<AbsolutePath>) -> Bool {
        guard let last = rest.last else {
            var isDirectory: ObjCBool = false
            return starts.contains {
                FileManager.default.fileExists(atPath: $0.text, isDirectory: &isDirectory) && isDirectory.boolValue
            }
        }
        return last == .anyDepth
    }

    private func likeness(
        to names: [WordShape], _ starts: Set<AbsolutePath>, _ folders: [AbsolutePath]
    ) -> Likeness {
        guard !names.isEmpty else { return .none }
        var best = Likeness.none
        for start in starts {
            best = max(best, Self.likeness(to: names, start.components.map { .name(Glob(literal: $0)) } + rest))
        }
        guard isNameAlone, best < .aimed else { return best }
        for folder in folders {
            let literals = names.prefix(folder.components.count).map { $0.literal ?? [] }
            guard literals == folder.components else { continue }
            for name in names.dropFirst(literals.count) { best = max(best, lastName.likeness(to: name)) }
        }
        return best
    }

    /// How far the parts can take the first names of a path: all of them, or up to a folder that it is in.
    private static func likeness(to names: [WordShape], _ parts: [Part]) -> Likeness {
        // reached[i]: how far the parts so far can take the first i names.
        var reached = [Likeness](repeating: .none, count: names.count + 1)
        reached[0] = .aimed
        for part in parts {
            var next = [Likeness](repeating: .none, count: names.count + 1)
            switch part {
            case .anyDepth:
                var best = Likeness.none
                for index in reached.indices {
                    best = max(best, reached[index])
                    next[index] = best
                }
            case .name(let glob):
                for (index, name) in names.enumerated() where reached[index] > .none {
                    next[index + 1] = min(reached[index], glob.likeness(to: name))
                }
            }
            reached = next
        }
        return reached.max() ?? .none
    }
}
