import BassiEvents

/// Decides whether a tool call may run, from the mode, the rules and the paths: everything but the hooks and the person.
///
/// ```swift
/// let rules = try RuleSet(allow: ["Bash(git status)"], deny: ["Read(.env)"], source: ".bassi/settings.yaml")
/// let policy = PermissionPolicy(mode: .ask, rules: rules, folder: "/home/me/site", home: "/home/me")
/// policy.deniedOutright(call)                      // before the hooks
/// policy.decide(call, hookSaidAllow: false, hookSaidAsk: false)
/// ```
///
/// It reads links of the file system, where wildcards of a command may mean a file that a rule restricts the names in
/// folders, and the settings of git; and it remembers nothing: the same call can get another answer when a link has
/// changed.
public struct PermissionPolicy: Sendable {
    /// What may be done without a rule.
    public var mode: PermissionMode
    /// The rules of all sources.
    public var rules: RuleSet
    /// Nothing confines commands, though they should be: no rule and no hook allows one without a person.
    public var asksForCommands = false
    /// How paths are resolved. File tools open what this says and nothing else.
    public let resolver: PathResolver
    private let protected: ProtectedPaths

    /// A policy for a session.
    ///
    /// - Parameters:
    ///   - folder: The session's folder, absolute.
    ///   - home: The person's home folder, absolute.
    ///   - extra: More files and folders that ask before they are written.
    ///   - bassiHome: `$BASSI_HOME`, which asks before it is read too; `~/.local/share/bassi` when nil.
    public init(
        mode: PermissionMode, rules: RuleSet, folder: String, home: String, protectedPaths extra: [String] = [],
        bassiHome: String? = nil
    ) {
        self.mode = mode
        self.rules = rules
        resolver = PathResolver(folder: folder, home: home)
        protected = ProtectedPaths(
            resolver: resolver, extra: extra, bassiHome: bassiHome ?? "~/.local/share/bassi")
    }

    /// The first step, before the hooks run: a deny rule, or mode `plan` for a call that acts. Nil when neither holds.
    public func deniedOutright(_ call: ToolCallRequest) -> Decision? {
        deniedOutright(call, subjects(of: call))
    }

    /// The whole decision but for the person: `.ask` where one must be asked, which mode `dont-ask` turns into `.deny`.
    ///
    /// - Parameters:
    ///   - hookSaidAllow: A hook allowed the call, which counts as an allow rule.
    ///   - hookSaidAsk: A hook wants a person to decide.
    public func decide(
        _ call: ToolCallRequest, hookSaidAllow: Bool = false, hookSaidAsk: Bool = false
    ) -> Decision {
        let subjects = subjects(of: call)
        return deniedOutright(call, subjects)
            ?? mustBeAsked(call, subjects, hookSaidAsk: hookSaidAsk)
            ?? allowed(call, subjects, hookSaidAllow: hookSaidAllow)
            ?? asked(
                "\(modeSentence), and no rule allows this call of \(call.toolName)\(missing(subjects))", by: .mode)
    }

    /// What is said of each part of the command lines of a call of `bash`, in their order.
    public func findings(for call: ToolCallRequest) -> [CommandFinding] {
        subjects(of: call).reviews.flatMap { coverage(of: $0).findings }
    }

    /// What the rules are held against. Folders are looked into only where a rule restricts single files.
    func subjects(of call: ToolCallRequest) -> CallSubjects {
        CallSubjects(call, in: resolver, searches: (rules.deny + rules.ask).contains(where: \.isAboutFiles))
    }

    /// Whether a deny rule keeps the content of a file from the model: for tools that search or list many files.
    public func deniesReading(_ path: String) -> Bool {
        // Asked for each file that is found: where nothing is denied its path need not be resolved.
        if rules.deny.isEmpty { return false }
        let call = ToolCallRequest(
            toolID: "", toolName: BuiltInTool.readFile.rawValue, input: .null, effect: .pure, reach: .folder,
            paths: [path])
        let subjects = subjects(of: call)
        return rules.deny.contains { $0.touches(subjects, in: resolver) }
    }
}

// MARK: - The steps

extension PermissionPolicy {
    private func deniedOutright(_ call: ToolCallRequest, _ subjects: CallSubjects) -> Decision? {
        if let rule = rules.deny.first(where: { $0.touches(subjects, in: resolver) }) {
            return Decision(
                verdict: .deny, reason: "The deny rule \(rule.named) forbids this call of \(call.toolName).",
                rule: rule.description, by: .rule)
        }
        if mode == .bypass, let unread = unread(subjects, by: rules.deny) {
            return Decision(
                verdict: .deny,
                reason: "\(unread.reason), and the deny rule \(unread.rule.named) may forbid it: write the commands "
                    + "themselves.",
                rule: unread.rule.description, by: .rule)
        }
        guard mode == .plan, !delegates(subjects), call.effect != .pure || call.reach != .folder else { return nil }
        return Decision(
            verdict: .deny, reason: "\(modeSentence), so \(call.toolName) cannot run until the plan is approved.",
            by: .mode)
    }

    /// What no allow rule, hook or mode can take from the person; a protected path only mode `bypass`.
    func mustBeAsked(_ call: ToolCallRequest, _ subjects: CallSubjects, hookSaidAsk: Bool) -> Decision? {
        let isWriting = call.effect != .pure && !(subjects.tool == .bash && subjects.onlyReads)
        if mode != .bypass, let name = protected.name(touchedBy: subjects, isWriting: isWriting) {
            return asked("This call of \(call.toolName) touches \(name), which is protected", by: .rule)
        }
        if hookSaidAsk {
            return asked("A hook wants a person to decide about this call of \(call.toolName)", by: .hook)
        }
        if asksForCommands, mode != .bypass, call.toolName == BuiltInTool.bash.rawValue {
            return asked("There is no sandbox on this machine, so a person decides about each command", by: .mode)
        }
        guard let rule = rules.ask.first(where: { $0.touches(subjects, in: resolver) }) else {
            return unreadMustBeAsked(subjects)
        }
        return asked(
            "The ask rule \(rule.named) wants a person to decide about this call of \(call.toolName)",
            rule: rule.description, by: .rule)
    }

    /// Where every command is allowed, by the mode or by `Bash` without a pattern, a rule for some of them would hold
    /// nothing if they could be handed to a shell instead.
    private func unreadMustBeAsked(_ call: CallSubjects) -> Decision? {
        guard mode == .bypass || rules.allow.contains(where: { $0.coversTool(call) }),
            let unread = unread(call, by: rules.deny + rules.ask)
        else { return nil }
        return asked(
            "\(unread.reason), and the rule \(unread.rule.named) may be about it", rule: unread.rule.description,
            by: .rule)
    }

    /// The first of the rules that may be about what nobody can read in the line.
    private func unread(_ call: CallSubjects, by rules: [Rule]) -> (rule: Rule, reason: String)? {
        for rule in rules {
            guard let command = call.reviews.lazy.compactMap({ rule.commandUnread(in: $0) }).first else { continue }
            return (rule, "'\(command)' runs what is not in the command line")
        }
        return nil
    }

    private func allowed(_ call: ToolCallRequest, _ subjects: CallSubjects, hookSaidAllow: Bool) -> Decision? {
        // A rule with a pattern allows a command as far as its words are no files that are kept: that is seen below.
        let isPatternOfCommands = subjects.tool == .bash && !rules.allow.contains { $0.coversTool(subjects) }
        if !isPatternOfCommands, let used = Self.covering(rules.allow, subjects, in: resolver) {
            let names = used.map(\.named).joined(separator: " and ")
            return Decision(
                verdict: .allow, reason: "Allowed by \(names).",
                rule: used.map(\.description).joined(separator: ", "), by: .rule)
        }
        if let decision = allowedCommands(subjects) { return decision }
        if hookSaidAllow { return Decision(verdict: .allow, reason: "A hook allowed this call.", by: .hook) }
        guard modeAllows(call, subjects) else { return nil }
        return Decision(verdict: .allow, reason: "\(modeSentence).", by: .mode)
    }

    /// The rules that together cover each part of the call, each once; nil when a part is left over.
    static func covering(_ rules: [Rule], _ call: CallSubjects, in resolver: PathResolver) -> [Rule]? {
        if let rule = rules.first(where: { $0.coversTool(call) }) { return [rule] }
        guard !call.subjects.isEmpty else { return nil }
        var used: [Rule] = []
        for subject in call.subjects {
            guard let rule = rules.first(where: { $0.covers(subject, of: call, in: resolver) }) else { return nil }
            if !used.contains(rule) { used.append(rule) }
        }
        return used
    }

    /// For `bash`: rules and mode together, part by part.
    private func allowedCommands(_ call: CallSubjects) -> Decision? {
        guard !call.reviews.isEmpty, mode != .plan else { return nil }
        var used: [Rule] = []
        for review in call.reviews {
            let coverage = coverage(of: review)
            guard coverage.isComplete else { return nil }
            used += coverage.used.filter { !used.contains($0) }
        }
        guard !used.isEmpty else {
            let why = mode == .bypass ? "" : ", and this command is known to do nothing else"
            return Decision(verdict: .allow, reason: "\(modeSentence)\(why).", by: .mode)
        }
        return Decision(
            verdict: .allow, reason: "Allowed by \(used.map(\.named).joined(separator: " and ")).",
            rule: used.map(\.description).joined(separator: ", "), by: .rule)
    }

    private func coverage(of review: CommandReview) -> CommandCoverage {
        CommandCoverage(
            review, rules: rules.allow, mode: mode, kept: rules.deny.filter(\.keepsFiles), in: resolver)
    }

    private func missing(_ call: CallSubjects) -> String {
        guard let finding = call.reviews.lazy.compactMap({ coverage(of: $0).firstMissing }).first else { return "" }
        return ": \(finding.part): \(finding.reason)"
    }

    /// What a sub-agent does is decided in its own session, by what holds here: that it works is nothing to decide.
    private func delegates(_ call: CallSubjects) -> Bool { call.tool == .task }

    private func modeAllows(_ call: ToolCallRequest, _ subjects: CallSubjects) -> Bool {
        if delegates(subjects) { return true }
        switch mode {
        case .bypass: return true
        case .ask, .plan, .dontAsk: return call.effect == .pure && staysInFolder(call, subjects)
        case .acceptEdits:
            // A call that changes something but names no file is no file edit.
            return staysInFolder(call, subjects) && (call.effect == .pure || !subjects.files.isEmpty)
        }
    }

    private func staysInFolder(_ call: ToolCallRequest, _ subjects: CallSubjects) -> Bool {
        let folder = resolver.realFolder
        return call.reach == .folder && call.command == nil && call.toolName != BuiltInTool.bash.rawValue
            && subjects.files.allSatisfy { places in
                places.isKnown && places.real.allSatisfy { $0.isInside(folder) }
            }
    }

    private func asked(_ sentence: String, rule: String? = nil, by: ActorKind) -> Decision {
        guard mode == .dontAsk else { return Decision(verdict: .ask, reason: sentence + ".", rule: rule, by: by) }
        return Decision(
            verdict: .deny, reason: "\(sentence); mode dont-ask asks nobody, so it is denied.", rule: rule, by: .mode)
    }

    private var modeSentence: String {
        switch mode {
        case .ask: "Mode ask allows reading in the session's folder"
        case .acceptEdits: "Mode accept-edits allows reading and editing files in the session's folder"
        case .plan: "Mode plan allows only reading in the session's folder"
        case .dontAsk: "Mode dont-ask allows reading in the session's folder"
        case .bypass: "Mode bypass allows every call"
        }
    }
}
