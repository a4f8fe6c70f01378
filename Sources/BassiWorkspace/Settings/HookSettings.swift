import BassiPermissions

/// Reads `hooks{EVENT:[{matcher,hooks:[{type: command,command,timeout}]}]}`, in our settings and in those of others.
enum HookSettings {
    /// The hooks of a mapping of events, in its order.
    ///
    /// - Throws: ``SettingsError`` with the line of what cannot be read.
    static func read(_ node: SettingsNode) throws(SettingsError) -> [CommandHook] {
        var hooks: [CommandHook] = []
        for (name, value) in try node.members(known: HookEvent.allCases.map(\.rawValue)) {
            guard let event = HookEvent(rawValue: name) else { continue }
            for entry in try value.elements("a list of matchers with hooks") { hooks += try read(entry, event) }
        }
        return hooks
    }

    /// The hooks of another program's settings, and what of them is not run here.
    static func readOthers(_ root: SettingsNode) throws(SettingsError) -> ([CommandHook], unknown: [String]) {
        var (hooks, unknown): ([CommandHook], [String]) = ([], [])
        for (key, value) in try root.members() where key == "hooks" {
            for (name, entries) in try value.members() {
                guard let event = HookEvent(rawValue: name) else {
                    unknown.append(name)
                    continue
                }
                for entry in try entries.elements("a list of matchers with hooks") {
                    do throws(SettingsError) { hooks += try read(entry, event) } catch { unknown.append(error.problem) }
                }
            }
        }
        return (hooks, unknown)
    }

    private static func read(_ node: SettingsNode, _ event: HookEvent) throws(SettingsError) -> [CommandHook] {
        var matcher: HookMatcher?
        var entries: [SettingsNode] = []
        for (key, value) in try node.members(known: ["matcher", "hooks"]) {
            if key == "hooks" {
                entries = try value.elements("a list of hooks")
            } else {
                let text = try value.string()
                do { matcher = try HookMatcher(text) } catch let blank as HookMatcher.Blank {
                    throw value.problem("\(blank)")
                } catch {
                    throw value.problem(
                        "'\(text)' is no matcher: write a name, names as in Edit|Write, or a regular expression")
                }
            }
        }
        var hooks: [CommandHook] = []
        for entry in entries { hooks.append(try hook(entry, event, matcher ?? .all)) }
        return hooks
    }

    private static func hook(
        _ node: SettingsNode, _ event: HookEvent, _ matcher: HookMatcher
    ) throws(SettingsError) -> CommandHook {
        var (command, timeout): (String?, Duration?)
        for (key, value) in try node.members(known: ["type", "command", "timeout"]) {
            switch key {
            case "type":
                guard try value.string() == "command" else {
                    throw value.problem("'type' is command: there is no other")
                }
            case "command": command = try value.string()
            default: timeout = .seconds(try value.positiveInt())
            }
        }
        guard let command, !command.allSatisfy(\.isWhitespace) else {
            throw node.problem("a hook needs a 'command', as in {type: command, command: ./check.sh, timeout: 10}")
        }
        return CommandHook(event, matcher: matcher, command: command, timeout: timeout, source: node.file)
    }
}
