import BassiEvents

/// What a tool is about to do, as the policy sees it: values only.
///
/// A hook that changes `input` changes only that. Make a new request from the new input, so that `paths` and `command`
/// are those that will be used; until then the policy holds the call against both.
public struct ToolCallRequest: Sendable, Equatable {
    /// The call.
    public let toolID: ToolID
    /// The tool's wire name: `bash`, `read_file`, `mcp__server__tool`, …
    public let toolName: String
    /// The input, checked against the tool's schema.
    public var input: JSONValue
    /// What running it twice would do.
    public let effect: ToolEffect
    /// How far it can act.
    public let reach: ToolReach
    /// Every file path that the call touches, as the model wrote it: relative, with `~` or with `..`.
    public let paths: [String]
    /// The command line of `bash`.
    public let command: String?
    /// Where the paths lead, once that was looked at (``resolved(in:)``): what is decided about, and what the tool opens.
    public internal(set) var resolved: [ResolvedPath] = []

    /// A value with these members.
    public init(
        toolID: ToolID, toolName: String, input: JSONValue, effect: ToolEffect, reach: ToolReach,
        paths: [String] = [], command: String? = nil
    ) {
        self.toolID = toolID
        self.toolName = toolName
        self.input = input
        self.effect = effect
        self.reach = reach
        self.paths = paths
        self.command = command
    }

    /// A call of `bash` with this command, as its tool makes it.
    public init(bash command: String) {
        self.init(
            toolID: "check", toolName: "bash", input: ["command": .string(command)], effect: .write, reach: .machine,
            command: command)
    }

    /// A call of `web_fetch` for this address, as its tool makes it.
    public init(fetch url: String) {
        self.init(
            toolID: "check", toolName: "web_fetch", input: ["url": .string(url)], effect: .pure, reach: .network)
    }

    /// The tool's wire name.
    public var name: String { toolName }
    /// The command line of `bash`; empty for other tools.
    public var commandLine: String { command ?? "" }
}

extension ToolCallRequest {
    /// The paths the call is held against: what the tool declared and what the input says, so that a path that one of
    /// them forgets is still seen.
    var touchedPaths: [String] {
        var touched = paths
        guard let tool = BuiltInTool(rawValue: toolName), tool.takesPath else { return touched }
        if let path = input["path"]?.string, !touched.contains(exactly: path) { touched.append(path) }
        if tool == .findFiles, let outside = patternThatLeaves { touched.append(outside) }
        return touched.isEmpty ? ["."] : touched
    }

    /// The command lines the call is held against, for the same reason; none for tools other than `bash`.
    var commands: [String] {
        guard toolName == BuiltInTool.bash.rawValue else { return [] }
        var found = [command].compactMap { $0 }
        if let other = input["command"]?.string, !found.contains(exactly: other) { found.append(other) }
        return found
    }

    /// A glob such as `/etc/*` or `../*` looks outside the folder that `path` names.
    private var patternThatLeaves: String? {
        guard let pattern = input["pattern"]?.string else { return nil }
        let parts = pattern.utf8.split(separator: UInt8(ascii: "/"))
        let climbs = parts.contains { $0.elementsEqual("..".utf8) }
        return climbs || pattern.utf8.first == UInt8(ascii: "/") || pattern.utf8.first == UInt8(ascii: "~")
            ? pattern : nil
    }
}

extension [String] {
    /// Whether these very bytes are in the list: `==` takes two spellings of an accented letter for one.
    fileprivate func contains(exactly text: String) -> Bool {
        contains { $0.utf8.elementsEqual(text.utf8) }
    }
}
