import BassiEvents

/// What the demonstration model says next: a pure function of the conversation.
///
/// It knows where it is by the results that came since the last prompt.
struct DemoConversation {
    private let prompt: String
    private let results: [ToolResultMessage]
    private let tools: Set<String>
    private let schema: JSONValue?

    init(_ request: ModelRequest) {
        var prompt = ""
        var results: [ToolResultMessage] = []
        for message in request.messages {
            switch message {
            case .user(let blocks):
                prompt = blocks.compactMap(\.text).joined(separator: "\n")
                results = []
            case .toolResults(let more): results += more
            case .assistant: break
            }
        }
        self.prompt = prompt
        self.results = results
        tools = Set(request.tools.map(\.name))
        schema = request.outputSchema
    }

    var answer: ScriptedAnswer {
        if let schema { return ScriptedAnswer(text: SchemaSample.value(of: schema, in: schema).text) }
        let wish = DemoWish(prompt)
        guard wish.tools.isSubset(of: tools) else { return ScriptedAnswer(text: Self.withoutTools) }
        switch wish {
        case .explain: return ScriptedAnswer(text: Self.introduction)
        case .list: return list()
        case .read(let path): return read(path)
        case .write(let path): return write(path)
        case .run(let command): return run(command)
        case .search(let words): return search(words)
        case .tour: return tour()
        }
    }

    // MARK: - The wishes

    private func list() -> ScriptedAnswer {
        guard let result = results.first else {
            return calling(
                "list_files", [:], saying: "I am Bassi's demonstration model. Let me look at this directory.")
        }
        if result.isError { return ScriptedAnswer(text: "I could not look: \(Self.text(of: result))") }
        return ScriptedAnswer(text: Self.summary(ofListing: Self.text(of: result)))
    }

    private func read(_ path: String) -> ScriptedAnswer {
        guard let result = results.first else {
            return calling("read_file", ["path": .string(path)], saying: "Let me read `\(path)`.")
        }
        if result.isError { return ScriptedAnswer(text: "I could not read `\(path)`: \(Self.text(of: result))") }
        let lines = Self.text(of: result).split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.prefix(12).joined(separator: "\n")
        return ScriptedAnswer(
            text:
                "`\(path)` came back as \(lines.count == 1 ? "1 line" : "\(lines.count) lines"). It begins:\n\n```\n\(shown)\n```"
        )
    }

    private func write(_ path: String) -> ScriptedAnswer {
        guard let result = results.first else {
            return calling(
                "write_file", ["path": .string(path), "content": .string(Self.note)],
                saying: "I will write a small file, `\(path)`, if I may.")
        }
        if result.isError { return ScriptedAnswer(text: "`\(path)` was not written: \(Self.text(of: result))") }
        return ScriptedAnswer(text: "Done: `\(path)` is written. The log has the call, who allowed it, and its result.")
    }

    private func run(_ command: String) -> ScriptedAnswer {
        guard let result = results.first else {
            return calling("bash", ["command": .string(command)], saying: "I will run `\(command)`, if I may.")
        }
        let text = Self.text(of: result)
        let shown = text.isEmpty ? "It printed nothing." : "It printed:\n\n```\n\(text)\n```"
        return ScriptedAnswer(text: result.isError ? "`\(command)` did not succeed: \(text)" : shown)
    }

    private func search(_ words: String) -> ScriptedAnswer {
        guard let result = results.first else {
            return calling("search_files", ["pattern": .string(words)], saying: "Let me search for `\(words)`.")
        }
        return ScriptedAnswer(text: "The search for `\(words)` gave:\n\n```\n\(Self.text(of: result))\n```")
    }

    /// Look, read, write, report: one tool a turn.
    private func tour() -> ScriptedAnswer {
        switch results.count {
        case 0:
            return calling(
                "list_files", [:],
                saying: """
                    I am Bassi's demonstration model; I need no network and no key. My plan:

                    1. look at this directory
                    2. read one file
                    3. write a small file, if you allow it
                    4. say what happened

                    First I look.
                    """)
        case 1:
            let name = Self.names(inListing: Self.text(of: results[0])).first { !$0.hasSuffix("/") }
            guard let name else { return ScriptedAnswer(text: "There is no file here that I could read. \(Self.hint)") }
            return calling("read_file", ["path": .string(name), "line_count": 5], saying: "Now I read `\(name)`.")
        case 2:
            return calling(
                "write_file", ["path": "bassi-demo.txt", "content": .string(Self.note)],
                saying: "Now I would like to write `bassi-demo.txt`.")
        default:
            let end =
                results[2].isError ? "The file was not written: \(Self.text(of: results[2]))" : "The file is there."
            return ScriptedAnswer(
                text: "\(end) All of it is in the log: `bassi sessions list`, then `bassi events ID`.")
        }
    }

    // MARK: - Words

    private func calling(_ tool: String, _ input: JSONValue, saying text: String) -> ScriptedAnswer {
        ScriptedAnswer(text: text, tools: [ScriptedCall(tool, input)])
    }

    private static func text(of result: ToolResultMessage) -> String {
        result.content.compactMap(\.text).joined(separator: "\n")
    }

    private static func names(inListing text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("(") }
    }

    private static func summary(ofListing text: String) -> String {
        let names = names(inListing: text)
        guard !names.isEmpty else { return "This directory is empty." }
        let shown = names.prefix(40).map { "- `\($0)`" }.joined(separator: "\n")
        let rest = names.count > 40 ? "\n- … and \(names.count - 40) more" : ""
        return "This directory has \(names.count == 1 ? "1 entry" : "\(names.count) entries"):\n\n\(shown)\(rest)"
    }

    private static let note = "Written by the demonstration model of Bassi, after permission was given.\n"
    private static let hint =
        "Try: What is in this directory? · Read README.md · Write a file · Run `ls -l` · Search for TODO · Give me a tour"
    private static let introduction =
        "I am Bassi's built-in demonstration model: no network, no key, no real intelligence. I drive the real tools, "
        + "permissions and log, so that you can see how they work. \(hint)"
    private static let withoutTools =
        "I am Bassi's demonstration model. That needs a tool which I was not given in this session. \(hint)"
}
