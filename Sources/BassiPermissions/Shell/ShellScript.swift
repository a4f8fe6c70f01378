/// What the variables of a script can be: for each name the words that it is given.
typealias ShellValues = [[UInt8]: [ShellWord]]

/// A script of POSIX sh or bash, taken apart without running it.
///
/// ```swift
/// let script = ShellScript("git log | head -5")
/// script.isUnderstood                    // true
/// script.commands.map(\.name)            // ["git", "head"]
/// ```
///
/// All commands are there, in their order: those in pipes, groups, loops and functions, in substitutions and
/// here-documents, and those that another command runs (`timeout`, `xargs`, `find -exec`, `bash -c`). When the script is
/// not understood, they are those up to the place where it stops to be: good for a rule that denies, for no other.
public struct ShellScript: Sendable, Equatable {
    /// The commands.
    public private(set) var commands: [ShellCommand] = []
    /// What is not understood; the script is not to be run without asking then.
    public private(set) var problems: [ShellProblem] = []
    /// The values that each variable is given in the script: all of them, as far as words can say it.
    private(set) var values: ShellValues = [:]

    /// Whether it was read to its end, the scripts within too: commands behind the end are not in the list.
    private(set) var isWhole = true

    /// Whether there are commands that are not looked at.
    private var hasTooMany = false
    /// Whether some variable can have a value that no assignment says.
    private var hidesValues = false

    /// Whether every command in it is known.
    public var isUnderstood: Bool { problems.isEmpty }

    /// Longer scripts are not looked through.
    public static let bytesMax = 64 * 1_024
    /// As many commands are looked at.
    static let commandsMax = 4_096
    /// As deep as scripts are nested, in parentheses, substitutions and wrappers together.
    static let depthMax = 48

    /// Takes a script apart; it never fails, it says what it did not understand.
    public init(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else {
            problems.append(ShellProblem("it is longer than \(Self.bytesMax) bytes", at: Self.bytesMax))
            isWhole = false
            return
        }
        if let problem = Self.invisible(in: text, bytes) { problems.append(problem) }
        var parser = ShellParser(bytes)
        parser.parse()
        problems += parser.problems
        values = parser.values
        isWhole = parser.isWhole
        unwrap(parser.commands)
        if hidesValues { for name in values.keys { values[name]?.append(.unknown) } }
    }

    /// What a person is shown would differ from what is run.
    private static func invisible(in text: String, _ bytes: [UInt8]) -> ShellProblem? {
        // Plain text has only bytes that are seen.
        guard bytes.contains(where: { $0 >= 0x7F || $0 < 0x20 && $0 != 9 && $0 != 10 }) else { return nil }
        var offset = 0
        for scalar in text.unicodeScalars {
            if scalar.isInvisible, scalar != "\t", scalar != "\n" {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                return ShellProblem("the character U+\(hex) is not visible", at: offset)
            }
            offset += UTF8.width(scalar)
        }
        return nil
    }

    /// Adds the commands, each followed by those that it runs. What another shell is told needs not be understood.
    private mutating func unwrap(_ found: [ShellCommand]) {
        for command in found { add(command, depth: 0, isTold: false) }
    }

    private mutating func add(_ found: ShellCommand, depth: Int, isTold: Bool) {
        guard commands.count < Self.commandsMax, depth < 12 else {
            isWhole = false
            guard !hasTooMany else { return }
            hasTooMany = true
            problems.append(ShellProblem(Self.tooMany, at: found.offset))
            // What is not looked at could be anything.
            commands.append(ShellCommand([.unknown], offset: found.offset))
            return
        }
        var command = found
        var unwrapping = ShellUnwrapping(command)
        unwrapping.take()
        command.wrapping = unwrapping.kind
        command.assigned += unwrapping.assigned
        for name in unwrapping.assigned { values[Array(name.utf8), default: []].append(.unknown) }
        let index = commands.count
        commands.append(command)
        if let reason = unwrapping.problem, !isTold { problems.append(ShellProblem(reason, at: command.offset)) }
        hidesValues = hidesValues || command.hidesValues(isClear: unwrapping.problem == nil)
        for words in unwrapping.inner {
            add(
                ShellCommand(words, offset: command.offset, outer: index, mayRunLater: command.mayRunLater),
                depth: depth + 1, isTold: isTold)
        }
        guard let script = unwrapping.script else { return }
        var parser = ShellParser(script, depth: depth + 1)
        parser.parse()
        let isTold = isTold || unwrapping.kind == .opaque
        if !isTold {
            problems += parser.problems.map { ShellProblem("in the script within: \($0.reason)", at: command.offset) }
        }
        values.merge(parser.values) { $0 + $1 }
        isWhole = isWhole && parser.isWhole
        for var inner in parser.commands {
            inner.outer = index
            inner.offset = command.offset
            inner.mayRunLater = inner.mayRunLater || command.mayRunLater || unwrapping.runsLater
            add(inner, depth: depth + 1, isTold: isTold)
        }
    }

    private static let tooMany = "it has more commands, or deeper ones, than are looked at"
}

extension ShellCommand {
    /// Whether variables can have other values behind it than the script gives them: `printf -v x rm`, or `IFS=,` that
    /// parts them elsewhere.
    ///
    /// - Parameter isClear: Whether it is known which variables it sets.
    fileprivate func hidesValues(isClear: Bool) -> Bool {
        if assigned.contains("IFS"), name != "read" { return true }
        return !isClear && Self.settingVariables.contains(name ?? "")
    }

    private static let settingVariables: Set = [
        "printf", "read", "wait", "declare", "typeset", "local", "export", "readonly", "mapfile", "readarray",
        "getopts", "let", "eval",
    ]
}

extension Unicode.Scalar {
    /// A control or direction character: what a person is shown would differ from what is run.
    var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
