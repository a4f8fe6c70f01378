/// One simple command of a script: a program with its words, the variables set for it and the files it is sent to.
///
/// ```swift
/// let script = ShellScript("cd src && timeout 60 make > log")
/// script.commands.map(\.description)     // ["cd src", "timeout 60 make > log", "make"]
/// ```
///
/// A command without words stands for what is done by the shell itself: an assignment, the redirection of a group.
public struct ShellCommand: Sendable, Equatable, CustomStringConvertible {
    /// The name of the program and what it is given.
    public internal(set) var words: [ShellWord]
    /// The names of the variables that are set for it, or by it.
    public internal(set) var assigned: [String]
    /// Where its input comes from and its output goes.
    public internal(set) var redirections: [ShellRedirection]
    /// Where it stands in the script, in bytes.
    public internal(set) var offset: Int
    /// The command of the script that runs this one: the index of `timeout` for what stands behind it.
    public internal(set) var outer: Int?
    /// Whether it can run again after commands that stand behind it: in a loop, a function or a trap.
    var mayRunLater: Bool
    /// What it runs besides itself.
    var wrapping: ShellWrapping

    init(
        _ words: [ShellWord], assigned: [String] = [], redirections: [ShellRedirection] = [], offset: Int,
        outer: Int? = nil, mayRunLater: Bool = false
    ) {
        self.words = words
        self.assigned = assigned
        self.redirections = redirections
        self.offset = offset
        self.outer = outer
        self.mayRunLater = mayRunLater
        wrapping = .none
    }

    /// The name of the program; nil when only the run can tell it, or there is none.
    public var name: String? { words.first?.text }

    /// The command for a person: quotes removed, `…` for what only the run can tell.
    public var description: String {
        (words.map(\.shown) + redirections.map(\.description)).joined(separator: " ")
    }
}

/// What a command runs besides itself.
enum ShellWrapping: Sendable, Equatable {
    /// Nothing.
    case none
    /// Other commands of the script and nothing else: `timeout`, `xargs`, `find -exec`, `bash -c`.
    case transparent
    /// Other commands of the script, but as somebody else or elsewhere: `sudo`, `chroot`.
    case privileged
    /// Something that is not in the script: `bash x.sh`, `ssh`.
    case opaque
}

/// A redirection of a command: `> out`, `2>> log`, `< in`.
public struct ShellRedirection: Sendable, Equatable, CustomStringConvertible {
    /// What is done with the file.
    public enum Kind: Sendable, Equatable {
        /// It is read: `< in`.
        case read
        /// It is written, or both: `> out`, `>> out`, `&> out`, `<> both`.
        case write
        /// No file: another descriptor, a here-document or a here-string.
        case none
    }

    /// What is done with the file.
    public let kind: Kind
    /// The file.
    public let target: ShellWord

    /// The redirection for a person.
    public var description: String {
        switch kind {
        case .read: "< \(target.shown)"
        case .write: "> \(target.shown)"
        case .none: ""
        }
    }
}

/// Why a script, or a part of it, is not understood, and where.
public struct ShellProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, in bytes from the beginning.
    public let offset: Int
    /// Why, as half a sentence.
    public let reason: String

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The sentence for a person.
    public var description: String { "byte \(offset): \(reason)" }
}
