/// The folders in which the commands of a script can stand.
///
/// `cd` moves on or fails, and a group may not be run at all: so each command can stand in every folder that a `cd`
/// before it can have led to, and in the first one. What runs again or later, in loops, functions and traps, can stand
/// in all of them.
struct ShellFolders {
    private static let foldersMax = 8

    /// For each command the folders; nil when they are not known.
    private let byCommand: [[String]?]

    init(of script: ShellScript, from folder: String) {
        var reached: [String]? = [folder]
        var byCommand: [[String]?] = []
        var movesLater = false
        for command in script.commands {
            byCommand.append(reached)
            guard let move = Self.move(command) else { continue }
            movesLater = movesLater || command.mayRunLater
            reached = reached.flatMap { Self.joined($0, move) }
        }
        self.byCommand =
            movesLater
            ? byCommand.map { _ in reached }
            : zip(script.commands, byCommand).map { $0.mayRunLater ? reached : $1 }
    }

    /// The folders in which the command can stand; nil when they are not known.
    subscript(index: Int) -> [String]? { byCommand[index] }

    private enum Move {
        case to(String)
        case unknown
    }

    private static func move(_ command: ShellCommand) -> Move? {
        switch command.name {
        case "cd": return target(of: command)?.path.map { .to($0) } ?? .unknown
        case "pushd", "popd", "source", ".": return .unknown
        default: return nil
        }
    }

    /// Where `cd` goes; nil when that is not one word, or one that means something else.
    static func target(of command: ShellCommand) -> ShellWord? {
        let words = command.words.dropFirst()
        guard let first = words.first else { return ShellWord([.tilde]) }
        let rest = first.text == "--" ? words.dropFirst() : words
        guard rest.count == 1, let word = rest.first, let path = word.path, !path.isEmpty, !path.hasPrefix("-") else {
            return nil
        }
        return word
    }

    private static func joined(_ folders: [String], _ move: Move) -> [String]? {
        guard case .to(let path) = move else { return nil }
        var all = folders
        for folder in folders {
            let next = path.hasPrefix("/") || path.hasPrefix("~") ? path : "\(folder)/\(path)"
            if !all.contains(next) { all.append(next) }
        }
        return all.count <= foldersMax ? all : nil
    }
}
