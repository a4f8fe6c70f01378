extension Rule {
    /// Whether the rule holds for a call: strictly for all of it, generously for any of it.
    public func matches(_ call: ToolCallRequest, in resolver: PathResolver, reading: Reading) -> Bool {
        let subjects = CallSubjects(call, in: resolver)
        switch reading {
        case .strict:
            guard !subjects.subjects.isEmpty else { return coversTool(subjects) }
            return subjects.subjects.allSatisfy { covers($0, of: subjects, in: resolver) }
        case .generous: return touches(subjects, in: resolver)
        }
    }

    /// Whether the rule allows the tool whatever it does.
    func coversTool(_ call: CallSubjects) -> Bool { shape == nil && names(call.toolName, call.tool) }

    /// Whether the rule allows this part of a call.
    func covers(_ subject: CallSubjects.Subject, of call: CallSubjects, in resolver: PathResolver) -> Bool {
        guard names(call.toolName, call.tool) else { return false }
        switch (shape, subject) {
        case (nil, _): return true
        case (.path(let pattern), .path(let places)): return pattern.covers(places, in: based(resolver))
        case (.command, .command(let review)):
            return CommandCoverage(review, rules: [self], mode: nil, kept: [], in: resolver).isComplete
        case (.domain(let pattern), .address(let url)): return pattern.covers(url)
        case (.agent(let name), .agent(let agent)): return name.utf8.elementsEqual(agent.utf8)
        case (.path, _), (.command, _), (.domain, _), (.agent, _): return false
        }
    }

    /// Whether the rule restricts a call: any part of it, in any reading.
    func touches(_ call: CallSubjects, in resolver: PathResolver) -> Bool {
        if shape == nil, call.tool == .bash {
            // A rule without a pattern is about every file.
            if namesReading, call.isTooLong || call.reviews.contains(where: \.mayNameFiles) { return true }
            if namesEditing, !call.reviews.flatMap(\.written).isEmpty { return true }
        }
        if case .path(let pattern) = shape, call.tool == .bash, namesReading {
            // `cat .env` reads what `Read(.env)` keeps from the file tools.
            return call.isTooLong || call.isCrowded || pattern.touches(anyOf: call.files, in: based(resolver))
                || pattern.likeness(toAnyOf: call.unclear, in: based(resolver)) == .aimed
        }
        if case .path(let pattern) = shape, call.tool == .bash, namesEditing {
            // `> .env` writes what `Edit(.env)` keeps from the file tools.
            return pattern.touches(anyOf: call.reviews.flatMap(\.written), in: based(resolver))
                || pattern.likeness(toAnyOf: call.unclearWritten, in: based(resolver)) == .aimed
        }
        let isMeant =
            names(call.toolName, call.tool)
            || call.tool.map { BuiltInTool.alsoRestricted(by: toolName).contains($0) } ?? false
        guard isMeant else { return false }
        guard let shape else { return true }
        return call.subjects.contains { subject in
            switch (shape, subject) {
            case (.path(let pattern), .path(let places)):
                // Where a path leads that nobody can follow, a file that is kept may be.
                !places.isKnown || pattern.touches(anyOf: [places], in: based(resolver))
            case (.command(let pattern), .command(let review)):
                pattern.touches(review.line)
                    || review.script.commands.contains { pattern.touches($0, values: review.script.values) }
            case (.domain(let pattern), .address(let url)): pattern.touches(url)
            case (.agent(let name), .agent(let agent)): name.lowercased() == agent.lowercased()
            case (.path, _), (.command, _), (.domain, _), (.agent, _): false
            }
        }
    }

    /// Whether the rule's name stands for the tool.
    private func names(_ wireName: String, _ tool: BuiltInTool?) -> Bool {
        if toolName.utf8.elementsEqual(wireName.utf8) { return true }
        if toolName.hasPrefix("mcp__") {
            if toolName.utf8.last == UInt8(ascii: "*") { return wireName.utf8.starts(with: toolName.utf8.dropLast()) }
            // `mcp__server` alone is all of that server.
            return wireName.utf8.starts(with: "\(toolName)__".utf8)
        }
        return tool.map { BuiltInTool.named(toolName)?.contains($0) ?? false } ?? false
    }

    private var namesEditing: Bool { BuiltInTool.named(toolName)?.contains(.editFile) ?? false }
    private var namesReading: Bool { BuiltInTool.named(toolName)?.contains(.readFile) ?? false }

    private func based(_ resolver: PathResolver) -> PathResolver {
        guard let settingsFolder else { return resolver }
        return PathResolver(folder: resolver.folder, home: resolver.home, settingsFolder: settingsFolder)
    }
}

// MARK: - Commands

extension Rule {
    /// Whether the rule can allow a command, or a file that one redirects to.
    var isAboutCommandsOrFiles: Bool {
        guard let tools = BuiltInTool.named(toolName) else { return false }
        return tools.contains(.bash) || tools.contains(.readFile) || tools.contains(.editFile)
    }

    /// Whether the rule allows a simple command, whatever its files and variables are.
    func covers(_ command: ShellCommand) -> Bool {
        guard case .command(let pattern) = shape else { return false }
        return pattern.covers(command)
    }

    /// A command of the line that may run, unread, what the rule means: it is handed text, or its name is not known.
    func commandUnread(in review: CommandReview) -> String? {
        guard case .command(let pattern) = shape else { return nil }
        let script = review.script
        let unread = script.commands.first {
            HandedText.isRun(by: $0) || pattern.mayBegin($0, values: script.values)
        }
        if let unread { return unread.words.map(\.shown).joined(separator: " ") }
        return !script.isWhole && HandedText.seemsToRun(in: review.line) ? review.line : nil
    }

    /// Whether the rule, which allows a wrapper, means this command that the wrapper runs.
    func namesInner(_ inner: ShellCommand, of outer: ShellCommand) -> Bool {
        guard case .command(let pattern) = shape else { return false }
        return pattern.names(inner)
    }

    /// Whether the rule allows reading or writing a file that a command redirects to.
    func coversFile(_ places: Places, writes: Bool, in resolver: PathResolver) -> Bool {
        guard writes ? namesEditing : namesReading else { return false }
        guard let shape else { return places.isKnown }
        guard case .path(let pattern) = shape else { return false }
        return pattern.covers(places, in: based(resolver))
    }

    /// Whether the rule keeps files from being read.
    var keepsFiles: Bool {
        guard case .path = shape else { return false }
        return namesReading
    }

    /// The first word of a command that it may open and that may become a file which this rule keeps.
    func word(keptAmong words: UnclearWords, in resolver: PathResolver) -> String? {
        guard case .path(let pattern) = shape, namesReading else { return nil }
        return words.words.first { word in
            word.mayBeOpened && pattern.likeness(toAnyOf: word.paths, in: based(resolver)) > .none
        }?.shown
    }

    /// Whether the rule is about single files, which words of a command can become.
    var isAboutFiles: Bool {
        guard case .path = shape else { return false }
        return namesReading || namesEditing
    }

    /// The rule and where it stands, for a reason.
    var named: String { source.map { "\(self) of \($0)" } ?? description }
}

extension CommandReview {
    /// Whether anything in it is more than the name of a command.
    fileprivate var mayNameFiles: Bool { parts.contains { $0.command.words.count > 1 || !$0.files.isEmpty } }

    /// The files that redirections write, where they are known.
    fileprivate var written: [Places] { parts.flatMap(\.files).filter(\.writes).flatMap { $0.places ?? [] } }
}
