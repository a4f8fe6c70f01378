import BassiEvents
import BassiModels
import BassiPermissions
import BassiProcess
import BassiWeb
import Foundation
import Testing

@testable import BassiWorkspace

/// Settings files, and exact errors for wrong ones.
@Suite struct SettingsTests {
    private func settings(_ yaml: String) throws -> Settings {
        var settings = Settings()
        try settings.read(SettingsFile(text: yaml, path: "s.yaml"))
        return settings
    }

    @Test func `every key that this build knows is read`() throws {
        let settings = try settings(
            """
            model: here/qwen3
            permissions:
              mode: accept-edits
              allow: ["Bash(git status)"]
              deny: [Read(.env)]
              ask: [WebFetch]
            limits: {max_turns: 5, max_cost_usd: 0.50, max_tokens_total: 1000, timeout: 60}
            providers:
              here:
                base_url: http://127.0.0.1:8000/v1
                models: {qwen3: {context_tokens: 1000, output_tokens: 100, price: {input: 0.25, output: 1}}}
            prices: {openai/gpt-6-luna: {input: 1, output: 2, cache_read: 0.5}}
            hooks: {PreToolUse: []}
            ui: {}
            """)
        #expect(settings.model == "here/qwen3" && settings.permissionMode == .acceptEdits)
        #expect(settings.rules.allow.map(\.description) == ["Bash(git status)"])
        #expect(settings.rules.deny.count == 1 && settings.rules.ask.count == 1)
        #expect(
            settings.limits
                == RunLimits(maxTurns: 5, maxCostUSD: Money("0.5"), maxTokensTotal: 1000, timeoutS: 60))
        let here = try #require(settings.providers.first)
        #expect(here.name == "here" && here.keyVariable == nil && here.takesAnyModel)
        #expect(here.models["qwen3"]?.price == Price(input: 250, output: 1000))
        #expect(settings.prices["openai/gpt-6-luna"] == Price(input: 1000, output: 2000, cacheRead: 500))
        #expect(settings.unused == ["ui"])
        #expect(try self.settings("").model == nil)
    }

    @Test func `a chain of models, versions of an API and waits are read`() throws {
        let settings = try settings(
            """
            models: [anthropic/claude-sonnet-5-5, openai/gpt-6.1-sol]
            limits: {silence: 5, content_silence: 60}
            providers: {anthropic: {api_version: 2026-10-21}}
            """)
        #expect(settings.models == ["anthropic/claude-sonnet-5-5", "openai/gpt-6.1-sol"])
        #expect(settings.transport.silence == .seconds(5) && settings.contentSilence == .seconds(60))
        #expect(settings.providers.first?.apiVersion == "2026-10-21")
        #expect(settings.unused.isEmpty)
    }

    @Test func `what web_fetch may reach and take is read`() throws {
        let web = try settings("limits: {web: {allow: ['localhost:80', 10.0.0.0/8], timeout: 5, body_mb: 2}}").web
        #expect(web.allowed == ["localhost:80", "10.0.0.0/8"].compactMap { AllowedPlace($0) })
        #expect(web.timeout == .seconds(5) && web.bodyBytesMax == 2 << 20)
        #expect(try settings("limits: {web: {}}").web == WebSettings())
        let error = #expect(throws: SettingsError.self) { try settings("limits: {web: {allow: ['http://a']}}") }
        #expect(error?.problem.contains("'limits.web.allow[0]' is 'http://a', but a place was expected") == true)
        #expect(throws: SettingsError.self) { try settings("limits: {web: {timeout: 601}}") }
        #expect(throws: SettingsError.self) { try settings("limits: {web: {body_mb: 65}}") }
        #expect(throws: SettingsError.self) { try settings("limits: {web: {hosts: []}}") }
    }

    @Test func `how many agents work is read, and one key leaves the other`() throws {
        #expect(try settings("limits: {agents: {at_once: 64, depth: 0}}").agents == AgentLimits(atOnce: 64, depth: 0))
        #expect(try settings("limits: {agents: {depth: 16}}").agents == AgentLimits(atOnce: nil, depth: 16))
        #expect(try settings("limits: {agents: }").agents == AgentLimits())
        var both = try settings("limits: {agents: {at_once: 2, depth: 1}}")
        try both.read(SettingsFile(text: "limits: {agents: {depth: 3}}", path: "t.yaml"))
        #expect(both.agents == AgentLimits(atOnce: 2, depth: 3))
    }

    @Test func `the sandbox and the limits of commands are read`() throws {
        let standard = try settings("sandbox: on").confinement
        #expect(standard == ConfinementSettings() && standard.isEnabled && standard.limits == .standard)
        #expect(try !settings("sandbox: off").confinement.isEnabled)
        let text = """
            sandbox: {enabled: true, network: true, write: [~/.cache, /srv/site]}
            limits: {max_turns: 3, commands: {memory_mb: 2048, processes: off, file_mb: 5, cpu_seconds: 60, open_files: 9}}
            """
        let set = try settings(text)
        let bash = set.confinement.bash(home: "/home/me", isOn: nil)
        #expect(bash.sandbox.isEnabled && bash.sandbox.isNetworkAllowed)
        #expect(bash.sandbox.writablePaths == ["/home/me/.cache", "/srv/site"])
        #expect(
            bash.limits == ResourceLimits(memoryBytes: 2 << 30, fileBytes: 5 << 20, cpuSeconds: 60, openFiles: 9))
        #expect(set.limits.maxTurns == 3)
        #expect(!set.confinement.bash(home: nil, isOn: false).sandbox.isEnabled)
        #expect(try settings("sandbox: off").confinement.bash(home: nil, isOn: true).sandbox.isEnabled)
    }

    @Test(arguments: [
        ("models: x", "'models' is 'x', but a list of texts"),
        (
            "providers: {anthropic: {api_version: new}}",
            "'providers.anthropic.api_version' is 'new', but a date such as"
        ),
        ("limits: {silence: 0}", "'limits.silence' is '0', but a whole number of 1 or more"),
        ("sandbox: maybe", "'sandbox' takes on, off, or enabled, network and write"),
        ("sandbox: {write: [src]}", "'src', which begins neither with / nor with ~/"),
        ("limits: {commands: {cpu: 1}}", "allowed are: memory_mb, processes, file_mb, cpu_seconds, open_files"),
        ("limits: {agents: {most: 1}}", "unknown key 'most' under 'limits.agents'; allowed are: at_once, depth"),
        ("limits: {agents: {at_once: 0}}", "'limits.agents.at_once' is '0', but a whole number of 1 or more"),
        ("limits: {agents: {at_once: 65}}", "'limits.agents.at_once' is 65, but at most 64 is taken"),
        (
            "limits:\n  agents:\n    depth: -1",
            "s.yaml:3: 'limits.agents.depth' is '-1', but a whole number of 0 or more"
        ),
        ("limits: {agents: {depth: 17}}", "'limits.agents.depth' is 17, but at most 16 is taken"),
        ("limits: {agents: off}", "'limits.agents' is 'off', but a mapping"),
        ("modell: x", "s.yaml:1: unknown key 'modell'; allowed are: model, models, providers"),
        ("limits:\n  max_turn: 5", "s.yaml:2: unknown key 'max_turn' under 'limits'; allowed are: max_turns"),
        ("limits:\n  max_turns: many", "s.yaml:2: 'limits.max_turns' is 'many', but a whole number of 1 or more"),
        ("limits: {max_cost_usd: -1}", "'limits.max_cost_usd' is '-1'"),
        ("limits: 5", "'limits' is '5', but a mapping"),
        ("permissions: {mode: yolo}", "one of ask, accept-edits, plan, dont-ask, bypass"),
        ("permissions:\n  allow:\n    - Bash(", "s.yaml:3:"), ("permissions: {allow: Bash}", "a list of rules"),
        ("model: [a]", "'model' is a list, but a text"), ("model: 'a", "s.yaml:1: this is not YAML"),
        ("model: a\nmodel: b", "s.yaml:1: a key stands twice in one mapping: model"),
        ("limits:\n  timeout: 1\n  timeout: 2", "s.yaml:2: a key stands twice"), ("- model", "the document is a list"),
        ("permissions:\n  modes: ask", "s.yaml:2: unknown key 'modes' under 'permissions'; allowed are: mode, allow"),
        (
            "providers:\n  x:\n    url: http://x",
            "s.yaml:3: unknown key 'url' under 'providers.x'; allowed are: base_url"
        ),
        ("providers: {x: {base_url: http://x, dialect: soap}}", "one of anthropic, chat-completions, responses"),
        (
            "providers: {x: {base_url: http://x, models: {m: {context_tokens: 0}}}}",
            "'providers.x.models.m.context_tokens'"
        ),
        ("providers: {x: }", "needs a 'base_url'"), ("limits: {timeout: 1.5}", "a whole number of 1 or more"),
        ("limits: {max_cost_usd: a lot}", "a number of 0 or more"), ("limits: {max_cost_usd: 1e-12}", "nine decimals"),
        ("prices: {openai/x: {input: 1, output: 2, cached: 3}}", "unknown key 'cached' under 'prices.openai/x'"),
        ("prices:\n  nobody/x: {input: 1, output: 2}", "s.yaml:2: 'prices.nobody/x' is no PROVIDER/MODEL"),
        ("prices: {gpt-6: {input: 1, output: 2}}", "'prices.gpt-6' is no PROVIDER/MODEL; providers are: anthropic"),
        ("permissions: {allow: [[Bash]]}", "'permissions.allow[0]' is a list, but a text"),
        ("model: ", "but a text was expected"),
        ("model: \"a", "not YAML"), ("model: a\n\tb: c", "s.yaml:2: this is not YAML"),
        ("model: *x", "this is not YAML"), ("providers: {x: {base_url: ftp://x}}", "begins with http:// or https://"),
        ("prices: {openai/b: {input: 1}}", "needs 'input' and 'output'"),
    ]) func `a wrong setting names the file, the line, the key and what is allowed`(_ yaml: String, _ words: String) {
        do {
            _ = try settings(yaml)
            Issue.record("it was taken: \(yaml)")
        } catch { #expect("\(error)".contains(words), "\(error)") }
    }

    @Test func `JSON is YAML, and a price may come before its provider`() throws {
        let settings = try settings(
            """
            {
            \t"prices": {"here/x": {"input": 1, "output": 2, "cache_write": 3}},
            \t"providers": {"here": {"base_url": "http:\\/\\/127.0.0.1:1/v1", "dialect": "anthropic", "key_variable": "K"}},
            \t"permissions": {"deny": [], "allow": null}
            }
            """)
        #expect(settings.prices["here/x"] == Price(input: 1000, output: 2000, cacheWrite: 3000))
        #expect(settings.providers.first?.dialect == .anthropic && settings.providers.first?.keyVariable == "K")
        #expect(settings.providers.first?.baseURL == "http://127.0.0.1:1/v1" && settings.rules.allow.isEmpty)
    }

    @Test func `a provider that Bassi knows keeps what is not changed`() throws {
        let openAI = try #require(
            try settings("providers: {openai: {base_url: http://127.0.0.1:2/v1}}").providers.first)
        #expect(openAI.keyVariable == "OPENAI_API_KEY" && openAI.baseURL == "http://127.0.0.1:2/v1")
        #expect(openAI.dialect == .responses)
        let older = try settings("providers: {openai: {dialect: chat-completions}}").providers.first
        #expect(older?.dialect == .chatCompletions && older?.baseURL == "https://api.openai.com/v1")
    }

    @Test func `a provider may speak Responses, with models that reason`() throws {
        let here = try #require(
            try settings(
                "providers: {here: {base_url: http://x, dialect: responses, models: {a: {reasons: true}, b: {}}}}"
            ).providers.first)
        #expect(here.dialect == .responses && here.models["a"]?.reasons == true && here.models["b"]?.reasons == false)
    }

    @Test func `a file that is not there sets nothing, one that is no text or too long is refused`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Settings(path: path).model == nil)
        try Data([0x61, 0x3A, 0x20, 0xFF]).write(to: URL(fileURLWithPath: path))
        let latin = #expect(throws: SettingsError.self) { try Settings(path: path) }
        #expect(latin?.description == "\(path): the file is not UTF-8: save it as UTF-8")
        try Data(repeating: 0x23, count: SettingsFile.bytesMax + 1).write(to: URL(fileURLWithPath: path))
        let long = #expect(throws: SettingsError.self) { try Settings(path: path) }
        #expect(long?.problem.contains("larger than") == true)
        try Data(repeating: 0x23, count: SettingsFile.bytesMax).write(to: URL(fileURLWithPath: path))
        #expect(try Settings(path: path).model == nil)
    }

    @Test(arguments: [
        ("", "needs 'answers'"), ("answers: {}", "'answers' is a mapping, but a list of answers"),
        ("answer: []", "unknown key 'answer'"),
        ("answers:\n  - txt: x", "s.yaml:2: unknown key 'txt' under 'answers[0]'; allowed are: text, thinking, tools"),
        ("answers: [{tools: [{input: {}}]}]", "'answers[0].tools[0]' needs the 'name' of a tool"),
        ("answers: [{tools: [{name: a, args: {}}]}]", "unknown key 'args'"), ("answers: [{delay_ms: -1}]", "0 or more"),
        ("answers: [{stop_reason: tired}]", "one of "),
        ("answers: [{usage: {tokens: 1}}]", "allowed are: input_tokens"),
        ("answers: [{error: {code: 1}}]", "allowed are: status, type, message, retry_after"),
        ("answers: [{cut_after: x}]", "0 or more"),
        ("answers: [text]", "'answers[0]' is 'text', but a mapping"),
    ]) func `a wrong script names the file, the line, the key and what is allowed`(_ yaml: String, _ words: String) {
        do {
            _ = try ModelScriptFile.script(SettingsFile(text: yaml, path: "s.yaml"))
            Issue.record("it was taken: \(yaml)")
        } catch { #expect("\(error)".contains(words), "\(error)") }
    }

    @Test func `a script that is not there is an error, and an error has defaults`() throws {
        let error = #expect(throws: SettingsError.self) { try ModelScriptFile.read("/nowhere/script.yaml") }
        #expect(error?.description == "/nowhere/script.yaml: there is no such file")
        let script = try ModelScriptFile.script(SettingsFile(text: "answers: [{error: {}}]", path: "s"))
        #expect(script.answers.first?.failure == .status(500, type: "server", message: "scripted"))
    }

    @Test func `a script is read with all its keys`() throws {
        let script = try ModelScriptFile.script(
            SettingsFile(
                text: """
                    answers:
                      - text: hello
                        thinking: hm
                        tools: [{name: bash, id: t1, input: {command: "true", n: 1, list: [1.5, null, "2"]}}]
                        stop_reason: max_tokens
                        usage: {input_tokens: 1, output_tokens: 2, cache_read_tokens: 3, cache_write_tokens: 4}
                        delay_ms: 5
                      - error: {status: 429, type: rate_limited, message: slow down, retry_after: 1}
                      - {text: a b, cut_after: 1}
                      - {text: a b, stall_after: 0}
                      - {text: a b, reset_after: 2, usage: {reasoning_tokens: 5}}
                      - {text: a b, error: {type: overloaded_error, message: full, after: 1}}
                    """, path: "s.yaml"))
        #expect(script.answers.count == 6)
        let first = script.answers[0]
        #expect(
            first.tools.first?.input == [
                "command": "true", "n": 1, "list": [JSONValue.number(JSONNumber(1.5)!), nil, "2"],
            ])
        #expect(first.stopReason == .maxTokens && first.usage.cacheWriteTokens == 4 && first.delayMilliseconds == 5)
        #expect(
            script.answers[1].failure == .status(429, type: "rate_limited", message: "slow down", retryAfter: "1"))
        #expect(
            script.answers[2].failure == .cut(afterPieces: 1) && script.answers[3].failure == .stall(afterPieces: 0))
        #expect(script.answers[4].failure == .reset(afterPieces: 2) && script.answers[4].usage.reasoningTokens == 5)
        let middle = ScriptedFailure.errorEvent(type: "overloaded_error", message: "full", afterPieces: 1)
        #expect(script.answers[5].failure == middle)
        #expect(throws: SettingsError.self) { try ModelScriptFile.script(SettingsFile(text: "answers: []", path: "s")) }
    }
}
