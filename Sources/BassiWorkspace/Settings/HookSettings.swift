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
            for entry in try value.elements("a list of matchers with hooks") {
                let (matcher, entries) = try group(entry)
                for hook in entries { hooks.append(try Self.hook(hook, event, matcher)) }
            }
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
                    do throws(SettingsError) {
                        let (matcher, others) = try group(entry)
                        // One that cannot be run takes no other along.
                        for other in others {
                            do throws(SettingsError) {
                                hooks.append(try hook(other, event, matcher, isOthers: true))
                            } catch { unknown.append(error.problem) }
                        }
                    } catch { unknown.append(error.problem) }
                }
            }
        }
        return (hooks, unknown)
    }

    private static func group(
        _ node: SettingsNode
    ) throws(SettingsError) -> (matcher: HookMatcher, hooks: [SettingsNode]) {
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
        return (matcher ?? .all, entries)
    }

    /// - Parameter isOthers: Whether it is of another program's settings, which have members that change nothing here.
    private static func hook(
        _ node: SettingsNode, _ event: HookEvent, _ matcher: HookMatcher, isOthers: Bool = false
    ) throws(SettingsError) -> CommandHook {
        var (command, timeout): (String?, Duration?)
        let more = isOthers ? ["args", "statusMessage"] : []
        var arguments: [String]?
        for (key, value) in try node.members(known: ["type", "command", "timeout"] + more) {
            switch key {
            case "args": arguments = try value.strings()
            case "statusMessage": continue
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
        // With arguments, even none, it is a program and not a line for the shell.
        let line = arguments.map { ([command] + $0).map(Self.quoted).joined(separator: " ") }
        return CommandHook(event, matcher: matcher, command: line ?? command, timeout: timeout, source: node.file)
    }

    private static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: #"'\''"#) + "'" }
}
