import BassiProcess
import Foundation

/// What is run to search. Ripgrep finds its files itself; grep knows nothing of `.gitignore` and is given them.
struct SearchCommands {
    /// Bytes of names that one run of grep is given; the system takes about ten times as many.
    private static let namesBytesMax = 100_000

    private let pattern: String
    private let around: Int
    private let glob: String?
    private let context: ToolContext
    private let path: String
    private let place: SearchPlace

    init(_ input: ToolInput, _ place: SearchPlace, _ context: ToolContext) throws(ToolError) {
        pattern = try input.string("pattern")
        around = input.int("context_lines") ?? 0
        glob = input.optionalString("glob")
        path = context.environment["PATH"] ?? "/usr/bin:/bin"
        self.place = place
        self.context = context
    }

    func all() async throws -> [ProcessCommand] {
        if let ripgrep = Executable.find("rg", path: path) {
            return [command(ripgrep, ripgrepOptions, pattern, [place.target])]
        }
        guard let grep = Executable.find("grep", path: path) else {
            throw ToolError("not_available", "neither rg nor grep is on the PATH: install ripgrep to search")
        }
        let expression = GrepPattern.translated(pattern)
        return try await files().map { command(grep, ["-nHIE", "--color=never", "--devices=skip"], expression, $0) }
    }

    /// Without a locale that knows UTF-8, to grep `ü` is two characters and no letter.
    private var environment: [String: String] {
        ChildEnvironment.scrubbed(context.environment).merging(["LC_ALL": "C.UTF-8"]) { $1 }
    }

    private func command(
        _ program: String, _ options: [String], _ expression: String, _ targets: [String]
    ) -> ProcessCommand {
        // With a context, even of no lines, grep puts a line between matches. A zero byte after each name: a name may
        // have a colon in it.
        let lines = (around > 0 ? ["--context=\(around)"] : []) + ["--null"]
        var command = ProcessCommand(
            executable: program, arguments: options + lines + ["--regexp=\(expression)", "--"] + targets,
            environment: environment, workingDirectory: context.folder)
        // Started in the open folder, whatever its path leads to by now.
        command.workingFolder = place.descriptor
        return command
    }

    private var ripgrepOptions: [String] {
        var options = [
            "--line-number", "--with-filename", "--no-heading", "--color=never", "--no-config", "--hidden",
            "--no-require-git", "--no-follow", "--sort=path", "--max-columns=\(SearchResult.lineBytesMax)",
        ]
        if var glob {
            if glob.hasPrefix("**/") { glob.removeFirst(3) }
            // `--glob` brings back the files that .gitignore leaves out. A type does not, but it knows names only.
            let isName = !glob.contains("/") && !glob.hasPrefix("!")
            options += isName ? ["--type-add=wanted:\(glob)", "--type=wanted"] : ["--glob=\(glob)"]
        }
        // The last one counts, so nothing brings this back.
        return options + ["--glob=!.git"]
    }

    /// The files to search, in parts that fit into one command.
    private func files() async throws -> [[String]] {
        guard place.fileName == nil else { return [[place.target]] }
        let (place, globs) = (place, glob.map { PathGlob.alternatives($0) })
        return try await FileWork.run { cancellation in
            var parts: [[String]] = [[]]
            var bytes = 0
            var walk = FolderWalk(depthMax: 64, cancellation)
            try walk.run(place.chain, place.place) { entry in
                guard entry.kind == .file, globs?.contains(where: { $0.matches(entry.path) }) ?? true else {
                    return true
                }
                bytes += entry.path.utf8.count + 1
                if bytes > Self.namesBytesMax {
                    parts.append([])
                    bytes = entry.path.utf8.count
                }
                parts[parts.count - 1].append(entry.path)
                return true
            }
            return parts.filter { !$0.isEmpty }
        }
    }
}
