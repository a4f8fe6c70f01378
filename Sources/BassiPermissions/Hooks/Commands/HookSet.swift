import BassiEvents

/// All hooks that are commands, and the place they run in.
public struct HookSet: Sendable {
    /// What a hook of the set said.
    public struct Answer: Sendable {
        /// The hook.
        public let hook: CommandHook
        /// What it said.
        public let reply: HookReply
        /// Milliseconds it ran.
        public let milliseconds: Int
    }

    /// Hooks that run at the same time; further ones begin as others end.
    static let atOnceMax = 64

    /// The hooks, in the order of the settings.
    public let hooks: [CommandHook]
    /// Where they run.
    public let place: HookPlace

    /// A set.
    public init(_ hooks: [CommandHook], in place: HookPlace) {
        self.hooks = hooks
        self.place = place
    }

    /// Whether anything runs at this event.
    public func has(_ event: HookEvent) -> Bool { hooks.contains { $0.event == event } }

    /// Asks all hooks of an event that match one of these names, at the same time; the answers are in their order.
    ///
    /// - Parameter limit: How long each may take at most, whatever it says itself.
    public func ask(
        _ event: HookEvent, about subjects: [String], _ input: JSONObject, atMost limit: Duration? = nil
    ) async -> [Answer] {
        let asked = hooks.filter { $0.event == event && $0.matcher.matches(subjects) }
        guard !asked.isEmpty else { return [] }
        let (input, place) = (JSONValue.object(input), place)
        return await withTaskGroup(of: (Int, Answer).self) { group in
            var waiting = asked.enumerated().makeIterator()
            func begin() {
                guard let (index, hook) = waiting.next() else { return }
                group.addTask {
                    let start = ContinuousClock.now
                    let reply = await hook.reply(to: input, in: place, atMost: limit)
                    let milliseconds = (ContinuousClock.now - start).milliseconds
                    return (index, Answer(hook: hook, reply: reply, milliseconds: milliseconds))
                }
            }
            for _ in 0..<Self.atOnceMax { begin() }
            var answers: [(Int, Answer)] = []
            while let answer = await group.next() {
                answers.append(answer)
                begin()
            }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension HookSet.Answer {
    /// What the log says of it.
    public func event(for toolID: ToolID? = nil) -> EventPayload {
        let name = hook.event.rawValue
        if reply.verdict == .block {
            return .hookDenied(
                HookDenied(
                    hookName: hook.name, hookEvent: name, toolID: toolID, reason: reply.reason ?? "it gave no reason"))
        }
        return .hookExecuted(
            HookExecuted(
                hookName: hook.name, hookEvent: name, toolID: toolID, decision: word,
                modifiedInput: reply.updatedInput, reason: reply.problem ?? reply.reason,
                additionalContext: reply.additionalContext, systemMessage: reply.systemMessage,
                durationMilliseconds: milliseconds))
    }

    private var word: HookVerdict {
        if reply.updatedInput != nil { return .modify }
        // One that broke has not agreed.
        if reply.problem != nil { return hook.event.decidesCalls ? .ask : .none }
        return switch reply.verdict {
        case .allow: .allow
        case .ask: .ask
        case .block, nil: .none
        }
    }
}
