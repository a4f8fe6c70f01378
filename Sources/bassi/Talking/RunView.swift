import BassiEvents

/// Shows a run as it comes: text as it streams, one line for each tool, a line at the end.
struct RunView {
    let screen: PlainScreen
    private var kinds: [BlockID: BlockKind] = [:]
    /// Commands in the background, by the calls that began them: what they say is not shown between the lines.
    private var background: [ToolID: String] = [:]

    /// Sub-agents at work.
    private var subagents: [SessionID: String] = [:]

    init(screen: PlainScreen) { self.screen = screen }

    mutating func show(_ event: Event) {
        switch event.payload {
        case .contentBlockStart(let start):
            kinds[start.blockID] = start.kind
            if start.kind == .text { screen.write("\n") }
        case .tokenDelta(let token): if kinds[token.blockID] == .text { screen.write(token.delta) }
        case .contentBlockEnd(let end):
            kinds[end.blockID] = nil
            if end.kind == .text { screen.write(end.interrupted == true ? " [interrupted]\n" : "\n") }
        case .toolCallStarted(let call): screen.dim("● \(call.toolName) \(Self.summary(of: call.toolInput))")
        case .toolOutputDelta(let output): if background[output.toolID] == nil { screen.write(output.delta) }
        case .questionAnswered(let answer): screen.dim("  \(Progress.line(of: answer))")
        case .backgroundStarted(let start):
            background[start.toolID] = start.backgroundID
            screen.dim("  \(start.backgroundID) runs in the background")
        case .backgroundEnded(let end):
            let id = background.removeValue(forKey: end.toolID) ?? "a background command"
            screen.dim("  \(id) \(Progress.words(of: end))")
        case .subagentStarted(let start):
            subagents[start.childSessionID] = start.agent
            screen.dim("  \(Progress.line(of: start))")
        case .subagentCompleted(let end):
            let agent = subagents.removeValue(forKey: end.childSessionID) ?? "an agent"
            screen.dim("  \(Progress.line(of: end, agent))")
        case .toolCallCompleted(let call): screen.dim("  \(Progress.line(of: call))")
        case .toolCallFailed(let call): screen.dim("  \(call.toolName) \(call.outcome.rawValue): \(call.error.message)")
        case .retryScheduled(let retry):
            screen.dim("  \(retry.errorType): trying again in \(retry.delayMilliseconds) ms")
        case .modelSwitched(let switched): screen.dim("  \(Progress.line(of: switched))")
        case .contextCompacted(let compacted): screen.dim("  \(Progress.line(of: compacted))")
        case .planGenerated(let plan): screen.line(PlainScreen.harmless(plan.planText))
        case .hookExecuted: if let line = Progress.hookLine(of: event) { screen.dim("  \(line)") }
        case .hookDenied(let hook): screen.dim("  the hook \(hook.hookName) denied: \(hook.reason)")
        case .error(let error): screen.dim("  \(error.errorMessage)")
        case .runCompleted(let end): if end.outcome != .completed { screen.dim("  ended: \(end.reason ?? "")") }
        case .runCancelled(let end): screen.dim("  cancelled: \(end.reason)")
        default: break
        }
    }

    /// Who is to do what.
    private static func agent(_ input: JSONValue) -> String? {
        input["agent"]?.string.flatMap { agent in input["prompt"]?.string.map { "\(agent): \($0)" } }
    }

    /// What a call is about, in a line: its command or path, else its whole input.
    static func summary(of input: JSONValue) -> String {
        let main =
            input["command"]?.string ?? agent(input) ?? input["path"]?.string ?? input["pattern"]?.string
            ?? input["questions"]?.array?.first?["text"]?.string ?? input["id"]?.string ?? input.text
        let line = main.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
        return line.count > 160 ? line.prefix(159) + "…" : line
    }
}
