import BassiEvents

/// `bash_output`: what a command in the background has said.
public struct BashOutputTool: Tool {
    /// `bash_output`.
    public let name = "bash_output"
    /// For the model.
    public let description =
        "Shows what a command that bash started with run_in_background has said since you last looked, or from a byte of "
        + "its output on, and whether it still runs. wait_ms waits for something new."
    /// `id`, `from`, `wait_ms`.
    public let inputSchema: JSONValue = .schema(
        [
            "id": .stringSchema("The id that bash gave, such as bg_1."),
            "from": [
                "type": "integer", "minimum": 0,
                "description": "Show the output from this byte on, in place of what is new.",
            ],
            "wait_ms": .countSchema("How many milliseconds to wait while nothing is new and it runs.", atMost: 60_000),
        ], required: ["id"])
    /// It looks at what the session itself has started.
    public let reach = ToolReach.folder

    /// The tool.
    public init() {}

    /// It changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }

    /// Reads.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let (commands, input) = (try context.backgroundCommands, ToolInput(json: input))
        let wait = Duration.milliseconds(input.int("wait_ms") ?? 0)
        let reading = try await commands.read(try input.string("id"), from: input.int("from"), waitingAtMost: wait)
        return reading.result
    }
}

/// `bash_kill`: ends a command in the background.
public struct BashKillTool: Tool {
    /// `bash_kill`.
    public let name = "bash_kill"
    /// For the model.
    public let description =
        "Ends a command that bash started with run_in_background, with all that it has started, and shows what it said "
        + "since you last looked."
    /// `id`.
    public let inputSchema: JSONValue = .schema(
        ["id": .stringSchema("The id that bash gave, such as bg_1.")], required: ["id"])
    /// It ends what the session itself has started.
    public let reach = ToolReach.folder

    /// The tool.
    public init() {}

    /// It takes back what was allowed before and nothing else, and twice is as good as once.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }

    /// Ends it.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let (commands, input) = (try context.backgroundCommands, ToolInput(json: input))
        return try await commands.kill(try input.string("id")).result
    }
}

extension ToolContext {
    var backgroundCommands: any BackgroundCommands {
        get throws(ToolError) {
            guard let background else { throw ToolError("no_background", "nothing can run in the background here") }
            return background
        }
    }
}

extension BackgroundReading {
    /// The text, and a line about where the command stands.
    fileprivate var result: ToolResult {
        let standing =
            end.map { "(\(id) \($0.words))" } ?? "(\(id) runs\(text.isEmpty ? ", and has said nothing new" : ""))"
        let lines = [text.hasSuffix("\n") ? String(text.dropLast()) : text, standing, end?.note ?? ""]
        var structured: JSONObject = [
            "background_id": .string(id), "running": .bool(end == nil),
            "output_bytes": .number(JSONNumber(totalBytes)),
        ]
        if let end { structured["outcome"] = .string(end.outcome.rawValue) }
        if let exit = end?.exit { structured["exit_code"] = .number(JSONNumber(exit)) }
        return ToolResult(
            [.text(lines.filter { !$0.isEmpty }.joined(separator: "\n"))], structured: .object(structured))
    }
}

extension Tool where Self == BashOutputTool {
    /// Shows what a command in the background says.
    public static var bashOutput: BashOutputTool { BashOutputTool() }
}

extension Tool where Self == BashKillTool {
    /// Ends a command in the background.
    public static var bashKill: BashKillTool { BashKillTool() }
}

extension BashTool {
    /// The tools that belong to it: what goes on in the background must be looked at and ended.
    public static let companions = [BashOutputTool().name, BashKillTool().name]
}

extension ToolRegistry {
    /// The same, where `bash` offers `run_in_background` if `bash_output` and `bash_kill` are there too, and only then: a
    /// model must be able to look at what it has started, and to end it.
    public func offeringBackground() -> ToolRegistry {
        let isWhole = BashTool.companions.allSatisfy { self[$0] != nil }
        return ToolRegistry(
            tools.map { tool in
                guard var bash = tool as? BashTool else { return tool }
                bash.offersBackground = isWhole
                return bash
            })
    }
}
