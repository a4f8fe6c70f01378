import BassiEvents
import BassiModels
import BassiPermissions
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
        #expect(settings.unused == ["hooks"])
        #expect(try self.settings("").model == nil)
    }

    @Test(arguments: [
        ("modell: x", "s.yaml:1: unknown key 'modell'; allowed are: model, models, providers"),
        ("limits:\n  max_turn: 5", "s.yaml:2: unknown key 'max_turn' under 'limits'; allowed are: max_turns"),
        ("limits:\n  max_turns: many", "s.yaml:2: 'limits.max_turns' is 'many', but a whole number of 1 or more"),
        ("limits: {max_cost_usd: -1}", "'limits.max_cost_usd' is '-1'"),
        ("limits: 5", "'limits' is '5', but a mapping"),
        ("permissions: {mode: yolo}", "one of ask, accept-edits, plan, dont-ask, bypass"),
        ("permissions:\n  allow:\n    - Bash(", "s.yaml:3:"), ("permissions: {allow: Bash}", "a list of rules"),
        ("model: [a]", "'model' is a list, but a text"), ("model: 'a", "s.yaml:1: this is not YAML"),
        ("model: a\nmodel: b", "twice"), ("providers: {x: {base_url: ftp://x}}", "begins with http:// or https://"),
        ("prices: {a/b: {input: 1}}", "needs 'input' and 'output'"),
    ]) func `a wrong setting names the file, the line, the key and what is allowed`(_ yaml: String, _ words: String) {
        do {
            _ = try settings(yaml)
            Issue.record("it was taken: \(yaml)")
        } catch { #expect("\(error)".contains(words), "\(error)") }
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
                    """, path: "s.yaml"))
        #expect(script.answers.count == 4)
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
        #expect(throws: SettingsError.self) { try ModelScriptFile.script(SettingsFile(text: "answers: []", path: "s")) }
    }
}
