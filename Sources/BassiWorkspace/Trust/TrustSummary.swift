import BassiEvents
import BassiTools

/// What a folder would start, allow or change if it were trusted, for a person to read. What cannot be read is said
/// to be so, never left out.
public struct TrustSummary: Sendable, Equatable {
    /// One thing each, with nothing in it that a terminal would take for an order.
    public private(set) var lines: [String] = []

    private static let linesMax = 100

    /// What there is in a folder.
    public init(_ contents: FolderContents) {
        let agents = FolderContents.agentFolders.filter { contents.names.contains($0 + "/") }
        for name in contents.names where !agents.contains(String(name.dropLast())) {
            if let bytes = contents.settings[name] {
                add(bytes, name, "\(contents.folder)/\(name)")
            } else if contents.entries[name] != nil {
                add(name, "a link, or in the way of a folder: nothing behind it is loaded")
            } else {
                addFolder(name, contents)
            }
        }
        // Last: a crowd of them must not push out of sight what starts something.
        for folder in agents { addAgents(folder, contents) }
        if lines.count > Self.linesMax {
            lines[Self.linesMax...] = ["… and \(lines.count - Self.linesMax) more: read the files"]
        }
    }

    private mutating func add(_ name: String, _ text: String) {
        lines.append("\(VisibleText.line(name)): \(VisibleText.line(text))")
    }

    private mutating func addFolder(_ name: String, _ contents: FolderContents) {
        addFiles(contents.entries.keys.filter { $0.hasPrefix(name) }, in: name)
    }

    private mutating func addFiles(_ paths: [String], in name: String) {
        let files = paths.map { String($0.dropFirst(name.count)) }
        // Of a plugin or a skill its folder says more than its files.
        let tops = Set(files.map { String($0.prefix { $0 != "/" }) }).sorted()
        add(name, tops.joined(separator: ", ") + (files.count > tops.count ? " (\(files.count) files)" : ""))
    }

    private mutating func addAgents(_ folder: String, _ contents: FolderContents) {
        let paths = contents.agentPaths(in: folder)
        for path in paths {
            guard let bytes = contents.agents[path] else {
                add(path, "too long for an agent, or a link: it is not loaded")
                continue
            }
            let file = AgentFile(bytes, path: path)
            if let agent = file.definition { add(path, Self.text(of: agent)) }
            // A notice names its file itself.
            lines += file.notices.prefix(1).map { VisibleText.line($0) }
        }
        let rest = contents.entries.keys.filter { $0.hasPrefix(folder + "/") && !paths.contains($0) }
        if !rest.isEmpty { addFiles(rest, in: folder + "/") }
    }

    private static func text(of agent: AgentDefinition) -> String {
        var parts = ["the agent \(agent.name)", "model \(agent.model ?? "of the session")"]
        parts.append(agent.tools.map { "tools \($0.isEmpty ? "none" : $0.joined(separator: " "))" } ?? "all tools")
        if !agent.disallowedTools.isEmpty { parts.append("not \(agent.disallowedTools.joined(separator: " "))") }
        if let mode = agent.permissionMode { parts.append("mode \(mode.rawValue), where yours allows as much") }
        return parts.joined(separator: ", ")
    }

    private mutating func add(_ bytes: [UInt8], _ name: String, _ path: String) {
        do {
            let (document, ignored) =
                name.hasSuffix(".yaml")
                ? try ProjectDocument(bytes, path: path).effective() : (try JSONParser.parse(bytes), [])
            let count = lines.count
            add(document, name)
            if lines.count == count { add(name, "starts and allows nothing") }
            if !ignored.isEmpty { add(name, "asks for what no folder gets: \(ignored.joined(separator: ", "))") }
        } catch {
            add(name, "cannot be read (\(error)): read it yourself")
        }
    }

    private mutating func add(_ document: JSONValue, _ name: String) {
        guard let members = document.object?.members else { return }
        for member in members {
            switch member.key {
            case "permissions": addPermissions(member.value, name)
            case "hooks": addHooks(member.value, name)
            case "mcp_servers", "mcpServers": addServers(member.value, name)
            // Another program's: Bassi takes only the above of them.
            case _ where !name.hasPrefix(".bassi/"): break
            default: if member.value != [:] { add(name, "sets \(member.key): \(member.value.text)") }
            }
        }
    }

    private mutating func addPermissions(_ permissions: JSONValue, _ name: String) {
        for member in permissions.object?.members ?? [] {
            switch member.key {
            case "allow":
                for rule in member.value.array ?? [member.value] { add(name, "allows \(rule.string ?? rule.text)") }
            case "mode": add(name, "sets the mode \(member.value.string ?? member.value.text)")
            default: break
            }
        }
    }

    private mutating func addHooks(_ hooks: JSONValue, _ name: String) {
        for event in hooks.object?.members ?? [] {
            for group in event.value.array ?? [event.value] {
                let place = group["matcher"]?.string.map { "\(event.key) (\($0))" } ?? event.key
                for hook in group["hooks"]?.array ?? [group] {
                    let arguments = hook["args"]?.array?.map { $0.string ?? $0.text } ?? []
                    let line = hook["command"]?.string.map { ([$0] + arguments).joined(separator: " ") }
                    add(name, "runs at \(place): \(line ?? hook.text)")
                }
            }
        }
    }

    private mutating func addServers(_ servers: JSONValue, _ name: String) {
        for server in servers.object?.members ?? [] {
            let value = server.value
            let arguments = value["args"]?.array?.map { $0.string ?? $0.text } ?? []
            let variables = value["env"]?.object?.members.map { "\($0.key)=\($0.value.string ?? $0.value.text)" } ?? []
            if let command = value["command"]?.string {
                let words = (variables + [command] + arguments).joined(separator: " ")
                add(name, "starts the MCP server \(server.key): \(words)")
            } else {
                add(name, "reaches the MCP server \(server.key): \(value["url"]?.string ?? value.text)")
            }
        }
    }
}
