import BassiEvents
import BassiPermissions
import BassiTools
import Foundation

/// A file that describes an agent: its prompt in Markdown, and what else it is in front matter, in the form that people
/// have for other programs.
struct AgentFile: Sendable, Equatable {
    /// The longest file that is taken.
    static let bytesMax = 64 << 10
    /// The longest description, in characters: those of all agents stand in every request.
    static let descriptionMax = 1024
    /// The longest name.
    static let nameMax = 64

    /// Where it is, as people are told.
    let path: String
    /// The agent, its model under the name that stands there; nil where there is none.
    private(set) var definition: AgentDefinition?
    /// What does not count, one sentence each.
    private(set) var notices: [String] = []

    private struct Metadata {
        var name: String
        var description: String?
        var tools: [String]?
        var disallowedTools: [String] = []
        var model: String?
        var maxTurns: Int?
        var permissionMode: PermissionMode?
    }

    /// Why a file gives no agent.
    struct Refusal: Error {
        let reason: String
    }

    /// Reads a file. It never fails: what is wrong with it is said, and as much of it counts as can.
    init(_ bytes: [UInt8], path: String) {
        self.path = path
        do throws(Refusal) { definition = try read(bytes) } catch {
            note("\(path): \(error.reason)", "the agent is not loaded")
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(Refusal) -> AgentDefinition {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(reason: "the file is not UTF-8")
        }
        let matter = FrontMatter(text, path: path)
        if let problem = matter.problem { note("\(problem)", "nothing of its front matter counts") }
        let metadata = metadata(matter.members)
        guard Self.isName(metadata.name) else {
            let name = VisibleText.line(metadata.name, max: Self.nameMax)
            throw Refusal(
                reason: "'name' is '\(name)', but 1 to \(Self.nameMax) letters a-z, digits, -, _ and : were expected")
        }
        let prompt = matter.body.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !prompt.isEmpty else { throw Refusal(reason: "it has no text that the agent could be told") }
        let paragraph = prompt.firstRange(of: "\n\n").map { prompt[..<$0.lowerBound] } ?? prompt[...]
        return AgentDefinition(
            metadata.name, description: Self.oneLine(metadata.description ?? String(paragraph)), systemPrompt: prompt,
            tools: metadata.tools, disallowedTools: metadata.disallowedTools, model: metadata.model,
            maxTurns: metadata.maxTurns, permissionMode: metadata.permissionMode)
    }

    private static func stem(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.hasSuffix(".md") ? String(name.dropLast(3)) : name
    }

    private static func isName(_ name: String) -> Bool {
        let isMade = name.utf8.allSatisfy { $0.isAlphanumeric || "-_:".utf8.contains($0) }
        return isMade && (1...nameMax).contains(name.utf8.count)
    }

    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > descriptionMax ? line.prefix(descriptionMax - 1) + "…" : line
    }

    private mutating func note(_ what: String, _ consequence: String) {
        notices.append("\(VisibleText.line(what)): \(consequence)")
    }

    // MARK: - Front matter

    /// What other programs know and this one has no use for.
    private static let unused: Set = [
        "effort", "skills", "mcpservers", "hooks", "memory", "background", "isolation", "initialprompt", "color",
    ]

    private mutating func metadata(_ members: [(name: String, value: SettingsNode)]) -> Metadata {
        var (metadata, unknown) = (Metadata(name: Self.stem(of: path)), [SettingsNode]())
        var isUnbounded = false
        for (name, value) in members where !value.isNull && !Self.unused.contains(name) {
            do throws(SettingsError) {
                if try !read(name, value, into: &metadata) { unknown.append(value) }
            } catch {
                // A list of tools is a bound: one that nobody can read is not taken for none.
                let isBound = name == "tools" || name == "disallowedtools"
                isUnbounded = isUnbounded || isBound
                note("\(error)", isBound ? "the agent has no tools" : "this does not count")
            }
        }
        if isUnbounded { metadata.tools = [] }
        if let first = unknown.first {
            let keys = unknown.map { "'\($0.key)'" }.joined(separator: ", ")
            note("\(first.problem("nothing is known of \(keys)"))", "this does not count")
        }
        return metadata
    }

    /// Takes what one key says; false for a key that is not known.
    private mutating func read(
        _ name: String, _ value: SettingsNode, into metadata: inout Metadata
    ) throws(SettingsError) -> Bool {
        switch name {
        case "name": metadata.name = try value.string()
        case "description": metadata.description = try value.string()
        case "tools":
            let words = try AgentToolNames.words(of: value)
            metadata.tools = words.contains("*") ? nil : tools(words, value)
        case "disallowedtools":
            metadata.disallowedTools = tools(try AgentToolNames.words(of: value), value)
            // They are of no use without it.
            if metadata.disallowedTools.contains(BashTool().name) {
                metadata.disallowedTools += BashTool.companions
            }
        case "model":
            let model = try value.string()
            metadata.model = model == "inherit" ? nil : model
        case "maxturns": metadata.maxTurns = try value.positiveInt()
        case "permissionmode": metadata.permissionMode = try Self.mode(value)
        default: return false
        }
        return true
    }

    /// The tools of these words, each once; those that there are none of are named.
    private mutating func tools(_ words: [String], _ value: SettingsNode) -> [String] {
        var (tools, unknown) = ([String](), [String]())
        for word in words {
            let named = AgentToolNames.tools(of: word)
            if named.isEmpty { unknown.append(word) }
            tools += named.filter { !tools.contains($0) }
        }
        if !unknown.isEmpty {
            let problem = value.problem("'\(value.key)' names \(unknown.joined(separator: ", "))")
            note("\(problem)", "Bassi has no such tool")
        }
        return tools
    }

    private static func mode(_ value: SettingsNode) throws(SettingsError) -> PermissionMode {
        let text = try value.string()
        switch FrontMatter.plainName(text) {
        case "ask", "default", "manual": return .ask
        case "acceptedits": return .acceptEdits
        case "plan": return .plan
        case "dontask": return .dontAsk
        case "bypass", "bypasspermissions": return .bypass
        default:
            let known = PermissionMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw value.problem("'\(value.key)' is '\(text)', but one of \(known) was expected")
        }
    }
}
