/// What was found of one part of a command line, for a person who wants to know why.
public struct CommandFinding: Sendable, Equatable {
    /// The part: a simple command, or a file it redirects to.
    public let part: String
    /// Whether it needs no question.
    public let isAllowed: Bool
    /// Why, as half a sentence.
    public let reason: String
    /// The rule that allows it.
    public let rule: String?
}

/// Holds the parts of a command line against allow rules and the mode.
struct CommandCoverage {
    private(set) var findings: [CommandFinding] = []
    private(set) var used: [Rule] = []
    private let review: CommandReview
    private let rules: [Rule]
    private let resolver: PathResolver
    private let mode: PermissionMode?
    /// The deny rules that keep files from being read.
    private let kept: [Rule]
    /// For each command the rule that covers it.
    private var covering: [Rule?] = []

    /// - Parameters:
    ///   - mode: The mode, which allows reading; nil to look at the rules alone.
    ///   - kept: The deny rules that keep files from being read.
    init(_ review: CommandReview, rules: [Rule], mode: PermissionMode?, kept: [Rule], in resolver: PathResolver) {
        self.review = review
        self.rules = rules.filter { $0.isAboutCommandsOrFiles }
        self.mode = mode
        self.kept = kept
        self.resolver = resolver
        for problem in review.script.problems.prefix(3) {
            add("the command line", false, "it is not understood: \(problem)")
        }
        for part in review.parts { judge(part) }
    }

    /// Whether every part is allowed.
    var isComplete: Bool { findings.allSatisfy(\.isAllowed) && !(findings.isEmpty && review.parts.isEmpty) }

    /// The first part that must be asked, and why.
    var firstMissing: CommandFinding? { findings.first { !$0.isAllowed } }

    private mutating func add(_ part: String, _ isAllowed: Bool, _ reason: String, _ rule: Rule? = nil) {
        findings.append(
            CommandFinding(part: part, isAllowed: isAllowed, reason: reason, rule: rule?.description))
        if let rule, !used.contains(rule) { used.append(rule) }
    }

    // MARK: - One command

    private mutating func judge(_ part: CommandReview.Part) {
        let command = part.command
        let rule = command.words.isEmpty ? nil : rules.first { $0.covers(command) } ?? ruleOfOuter(command)
        covering.append(rule)
        if let rule, isToldToOtherShell(command) {
            return add(command.description, true, "\(rule.named) allows it", rule)
        }
        if let name = part.changing {
            add(command.description, false, "it sets \(name), which can change what commands do")
        } else if !command.words.isEmpty {
            judge(part, rule)
        }
        for file in part.files { judge(file) }
    }

    private mutating func judge(_ part: CommandReview.Part, _ rule: Rule?) {
        let command = part.command
        let text = command.description
        if let rule {
            guard let reason = whyKept(part) else { return add(text, true, "\(rule.named) allows it", rule) }
            return add(text, false, reason)
        }
        switch command.wrapping {
        case .transparent: return add(text, true, "what it runs is judged by itself")
        case .privileged: return add(text, false, "it runs a command in another place or as somebody else")
        case .opaque: return add(text, false, "what it runs is not in the command line")
        case .none: break
        }
        if let reason = part.whyNotReading { return add(text, false, "no rule allows it, and \(reason)") }
        if part.isDeep, !kept.isEmpty { return add(text, false, "it can show files that a deny rule keeps") }
        if let reason = whyKept(part) { return add(text, false, reason) }
        guard let mode, mode != .plan else { return add(text, false, "no rule allows it") }
        add(text, true, "it is known to read only")
    }

    /// Why a word of the command may be a file that is kept; nil when none is.
    private func whyKept(_ part: CommandReview.Part) -> String? {
        guard !part.unclear.words.isEmpty else { return nil }
        for rule in kept {
            guard let word = rule.word(keptAmong: part.unclear, in: resolver) else { continue }
            return "its word \(word) may become a file that the deny rule \(rule.named) keeps"
        }
        return nil
    }

    /// The rule that allows a wrapper together with this command: it names both.
    private func ruleOfOuter(_ command: ShellCommand) -> Rule? {
        guard let outer = command.outer, outer < covering.count, let rule = covering[outer] else { return nil }
        if isToldToOtherShell(command) { return rule }
        return rule.namesInner(command, of: review.script.commands[outer]) ? rule : nil
    }

    /// Whoever names a shell whose scripts are not judged allows whatever it is told.
    private func isToldToOtherShell(_ command: ShellCommand) -> Bool {
        guard let outer = command.outer, outer < covering.count, covering[outer] != nil else { return false }
        let shell = review.script.commands[outer]
        return shell.wrapping == .opaque || isToldToOtherShell(shell)
    }

    // MARK: - One file

    private mutating func judge(_ file: CommandReview.File) {
        let part = "\(file.writes ? ">" : "<") \(file.shown)"
        guard !file.isNetwork else { return add(part, false, "it opens a connection") }
        guard let places = file.places else {
            return add(part, false, "the file is known only when it runs")
        }
        let rule = rules.first { rule in
            places.allSatisfy { rule.coversFile($0, writes: file.writes, in: resolver) }
        }
        if let rule { return add(part, true, "\(rule.named) allows it", rule) }
        let folder = resolver.realFolder
        let isInside = places.allSatisfy { $0.isKnown && $0.real.allSatisfy { $0.isInside(folder) } }
        if isInside, mode == .acceptEdits || !file.writes && (mode == .ask || mode == .dontAsk) {
            return add(part, true, "the mode allows it in the session's folder")
        }
        add(part, false, "no rule allows \(file.writes ? "writing" : "reading") this file")
    }
}
