import BassiEvents

extension PermissionPolicy {
    /// The rules that an answer for longer than this call would save; none where no rule could spare the next question.
    ///
    /// Each covers what was asked and no other input of the tool, as far as rules can say it: for `web_fetch` that is
    /// the host, and for a tool without patterns its name. Empty also for a command line that is more than one command
    /// and for a path with wildcards in its name, which no rule can mean exactly.
    public func suggestedRules(for call: ToolCallRequest) -> [String] {
        let subjects = subjects(of: call)
        guard deniedOutright(call) == nil, mustBeAsked(call, subjects, hookSaidAsk: false) == nil else { return [] }
        var texts: [String] = []
        for text in candidates(subjects) {
            guard let text else { return [] }
            if !texts.contains(text) { texts.append(text) }
        }
        // What is saved must say what was asked when it is read again.
        let rules = texts.compactMap { try? Rule($0).checkingSpelling() }
        guard rules.count == texts.count, !rules.isEmpty,
            Self.covering(rules, subjects, in: resolver) != nil
        else { return [] }
        return texts
    }

    private func candidates(_ call: CallSubjects) -> [String?] {
        if call.tool == nil, call.subjects.isEmpty || call.toolName.hasPrefix("mcp__") { return [call.toolName] }
        let tool = call.tool?.ruleName ?? call.toolName
        return call.subjects.map { subject in
            switch subject {
            case .command(let review): Self.isOneCommand(review) ? "\(tool)(\(review.line.trimmed))" : nil
            case .path(let places): pattern(for: places).map { "\(tool)(\($0))" }
            case .address(let url):
                DomainPattern.host(of: url).map { "\(tool)(domain:\(String(decoding: $0, as: UTF8.self)))" }
            case .agent(let name): "\(tool)(\(name))"
            }
        }
    }

    /// Whether the line is one command that is known as it stands: what is saved must not say more.
    private static func isOneCommand(_ review: CommandReview) -> Bool {
        guard review.script.isUnderstood, let command = review.script.commands.first,
            command.assigned.isEmpty, command.redirections.isEmpty,
            command.words.allSatisfy({ $0.literal != nil }),
            review.script.commands.dropFirst().allSatisfy({ $0.outer != nil })
        else { return false }
        return isExact(review.line, wildcards: "*")
    }

    /// A path pattern that means this one file.
    private func pattern(for places: Places) -> String? {
        guard places.real.count == 1, let place = places.real.first, Self.isExact(place.text, wildcards: "*?{}") else {
            return nil
        }
        func text(_ components: [AbsolutePath.Component]) -> String {
            String(AbsolutePath(components).text.dropFirst())
        }
        if let below = place.below(resolver.realFolder) { return below.isEmpty ? "." : "./" + text(below) }
        let home = PathResolver.real(resolver.home)
        if let below = place.below(home), !below.isEmpty { return "~/" + text(below) }
        return "/" + place.text
    }

    /// Whether the text has no wildcard and nothing that a person would not see.
    private static func isExact(_ text: String, wildcards: String) -> Bool {
        !text.utf8.contains { wildcards.utf8.contains($0) } && !text.unicodeScalars.contains { $0.isInvisible }
    }
}

extension String {
    /// Without blanks at the ends.
    fileprivate var trimmed: String {
        String(decoding: ShellWords.trimmed(utf8), as: UTF8.self)
    }
}
