import BassiEvents
import Testing

@testable import BassiModels

/// The demonstration model, and answers that are played from a script.
@Suite struct DemoTests {
    private static let tools = ["list_files", "read_file", "write_file", "bash", "search_files"].map {
        ToolDescription(name: $0, description: "", inputSchema: [:])
    }

    private func ask(_ model: DemoModel, _ messages: [ModelMessage], tools: [ToolDescription] = tools) async throws
        -> [ModelPart]
    {
        let parts = PartLog()
        let request = ModelRequest(model: "demo", messages: messages, tools: tools)
        try await model.respond(to: request) { parts.append($0) }
        return Recorded.joined(parts.all)
    }

    /// What it says, and the calls with their inputs.
    private func answer(
        _ prompt: String, _ results: [(String, isError: Bool)] = [], tools: [ToolDescription] = tools
    ) async throws -> (text: String, calls: [String]) {
        let told = results.map {
            ModelMessage.toolResults([
                ToolResultMessage(toolID: "t", toolName: "x", content: [.text($0.0)], isError: $0.isError)
            ])
        }
        var (text, calls) = ("", [String]())
        for case .blockEnded(_, let block) in try await ask(
            DemoModel(), [.user([.text("old")]), .user([.text(prompt)])] + told, tools: tools)
        {
            switch block.content {
            case .text(let said): text += said
            case .toolUse(_, let name, let input): calls.append("\(name) \(input.text)")
            case .thinking, .opaque: break
            }
        }
        return (text, calls)
    }

    @Test(arguments: [
        ("What is in this directory?", #"list_files {}"#), ("Read README.md", #"read_file {"path":"README.md"}"#),
        ("Write a file", #"write_file {"path":"bassi-demo.txt","#), ("Run `ls -l`", #"bash {"command":"ls -l"}"#),
        ("Search for TODO", #"search_files {"pattern":"TODO"}"#), ("Give me a tour", #"list_files {}"#),
    ]) func `a wish is a call of the tool that fulfils it`(_ prompt: String, _ call: String) async throws {
        let answer = try await answer(prompt)
        #expect(answer.calls.count == 1 && answer.calls[0].hasPrefix(call) && !answer.text.isEmpty)
        let without = try await self.answer(prompt, tools: [])
        #expect(without.calls.isEmpty && without.text.contains("a tool which I was not given"))
    }

    @Test(arguments: [
        ("What is in this directory?", "a\nb/", "2 entries"), ("What is here?", "", "empty"),
        ("Read a.txt", "one\ntwo", "2 lines"), ("Write a file", "ok", "is written"), ("Run `x`", "42", "42"),
        ("Run `x`", "", "printed nothing"), ("Search for x", "a:1", "a:1"),
    ]) func `a result is told, and a failure too`(_ prompt: String, _ result: String, _ said: String) async throws {
        let answer = try await answer(prompt, [(result, false)])
        #expect(answer.calls.isEmpty && answer.text.contains(said))
        if !prompt.hasPrefix("Search") {
            let failed = try await self.answer(prompt, [("no such thing", true)])
            #expect(failed.calls.isEmpty && failed.text.contains("no such thing"))
        }
    }

    @Test func `the tour looks, reads, writes and reports`() async throws {
        let results = [("dir/\na.txt", isError: false), ("text", false), ("denied", true)]
        let calls = try await answer("tour", Array(results.prefix(1))).calls
        #expect(calls == [#"read_file {"path":"a.txt","line_count":5}"#])
        #expect(try await answer("tour", Array(results.prefix(2))).calls.first?.hasPrefix("write_file") == true)
        let end = try await answer("tour", results)
        #expect(end.calls.isEmpty && end.text.contains("denied") && end.text.contains("bassi events"))
        #expect(try await answer("tour", [("dir/", false)]).text.contains("no file here"))
    }

    @Test(arguments: [
        ("Read README.md, it's what I'd like", DemoWish.read("README.md")), ("execute ls -l", .run("ls -l")),
        ("Read \"my file.txt\"", .read("my file.txt")), ("show src/main.swift!", .read("src/main.swift")),
        ("What's here?", .list), ("Search", .search("TODO")), ("run", .explain),
        ("Open the pod bay doors", .explain), ("SAVE notes.md", .write("notes.md")),
    ]) func `a wish is understood through its punctuation`(_ prompt: String, _ wish: DemoWish) {
        #expect(DemoWish(prompt) == wish)
    }

    // MARK: - Scripts

    private static let scripted = ScriptedAnswer(
        text: "one two", thinking: "hm", tools: [ScriptedCall("x", ["a": 1], id: "t"), ScriptedCall("y", [:])],
        usage: Usage(inputTokens: 9, outputTokens: 5))

    @Test func `a scripted answer is played as an adapter would give it`() async throws {
        let parts = try await ask(DemoModel(script: ModelScript([Self.scripted])), [.user([.text("go")])])
        guard case .messageStarted(let id, let usage) = parts[0] else {
            Issue.record("it began with \(parts[0])")
            return
        }
        let second = ToolID("call_\(id)_2")
        #expect(usage == Usage(inputTokens: 9, outputTokens: 1))
        #expect(
            Array(parts.dropFirst()) == [
                .blockStarted(index: 0, .thinking), .delta(index: 0, "hm"),
                .blockEnded(index: 0, ModelBlock(.thinking("hm"))),
                .blockStarted(index: 1, .text), .delta(index: 1, "one two"),
                .blockEnded(index: 1, ModelBlock(.text("one two"))),
                .blockStarted(index: 2, .toolUse("t", name: "x")), .delta(index: 2, #"{"a":1}"#),
                .blockEnded(index: 2, ModelBlock(.toolUse("t", name: "x", input: ["a": 1]))),
                .blockStarted(index: 3, .toolUse(second, name: "y")), .delta(index: 3, "{}"),
                .blockEnded(index: 3, ModelBlock(.toolUse(second, name: "y", input: [:]))),
                .completed(.toolUse, Usage(inputTokens: 9, outputTokens: 5)),
            ])
    }

    @Test func `answers come in their order, and after the last it says so`() async throws {
        let refusal = ScriptedAnswer(text: "no", stopReason: .refusal)
        let model = DemoModel(script: ModelScript([ScriptedAnswer(text: "a"), refusal]))
        var texts: [String] = []
        for _ in 1...3 {
            for case .delta(_, let text) in try await ask(model, [.user([.text("go")])]) { texts.append(text) }
        }
        #expect(texts == ["a", "no", "The script has no more answers: it has 2."])
    }

    @Test func `a text is played in words, each with the blank before it`() {
        #expect(ModelScript.pieces(of: "one  two\nthree ") == ["one", "  two", "\nthree", " "])
        #expect(ModelScript.pieces(of: "") == [])
        for text in ["", " a", "a\n\nb", "  "] { #expect(ModelScript.pieces(of: text).joined() == text) }
    }

    @Test(arguments: [
        (ScriptedFailure.cut(afterPieces: 1), ModelError(.cut, "demo's answer broke off before its end")),
        (.reset(afterPieces: 1), ModelError(.cut, "demo's answer broke off before its end")),
        (.errorEvent(type: "overloaded_error", message: "m", afterPieces: 1), ModelError(.overloaded, "demo: m")),
        (.errorEvent(type: "rate_limit_error", message: "m", afterPieces: 1), ModelError(.rateLimited, "demo: m")),
        (.errorEvent(type: "stalled", message: "m", afterPieces: 1), ModelError(.stalled, "demo: m")),
    ]) func `a failure comes after so many pieces`(_ failure: ScriptedFailure, _ expected: ModelError) async {
        let parts = PartLog()
        let answer = ScriptedAnswer(text: "one two three", failure: failure)
        await #expect(throws: expected) { try await answer.play(as: "m", from: "demo") { parts.append($0) } }
        #expect(Array(parts.all.dropFirst()) == [.blockStarted(index: 0, .text), .delta(index: 0, "one")])
    }

    @Test(arguments: [nil, "one two"]) func `a failure before the first piece or beyond the last comes too`(
        _ text: String?
    ) async {
        for (after, count) in [(0, 1), (2, text == nil ? 1 : 4), (9, text == nil ? 1 : 5)] {
            let parts = PartLog()
            let answer = ScriptedAnswer(text: text, failure: .cut(afterPieces: after))
            await #expect(throws: ModelError.self) { try await answer.play(as: "m", from: "demo") { parts.append($0) } }
            #expect(parts.all.count == count, "after \(after)")
        }
    }

    @Test(arguments: [
        (429, "rate_limit_error", ModelError.Kind.rateLimited), (429, "", .rateLimited), (401, "x", .authentication),
        (400, "context_exceeded", .contextExceeded), (529, "overloaded_error", .overloaded),
    ]) func `a status comes in place of the answer`(_ status: Int, _ type: String, _ kind: ModelError.Kind) async {
        let parts = PartLog()
        let failure = ScriptedFailure.status(status, type: type, message: "m", retryAfter: "2")
        let expected = ModelError(kind, "demo: m", status: status, retryAfter: .seconds(2))
        await #expect(throws: expected) {
            try await ScriptedAnswer(text: "x", failure: failure).play(as: "m", from: "demo") { parts.append($0) }
        }
        #expect(parts.all.isEmpty)
    }

    @Test func `a stall ends when the one who waits leaves`() async {
        let answer = ScriptedAnswer(text: "one two", failure: .stall(afterPieces: 1))
        await withTaskGroup { group in
            let (pieces, told) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await answer.play(as: "m", from: "demo") { part in
                        if case .delta = part { told.yield() }
                    }
                }
            }
            for await _ in pieces { break }
            group.cancelAll()
        }
    }
}
