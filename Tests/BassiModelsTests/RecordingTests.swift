import BassiEvents
import Foundation
import Testing

@testable import BassiModels

/// What is recorded is played back as it was, and nothing else is.
@Suite struct RecordingTests {
    private static let price = Price(
        input: 3, output: 5, cacheRead: 1, cacheWrite: 2, surcharge: .init(threshold: 9, input: 200, output: 150))
    private static let data = ProviderData(provider: "acme", model: "m1", data: ["signature": "c2lnbmVk", "n": 1])

    private static let parts: [ModelPart] = [
        .messageStarted(id: "msg_1", usage: Usage(inputTokens: 7)), .blockStarted(index: 0, .thinking),
        .delta(index: 0, "Hm"), .blockEnded(index: 0, ModelBlock(.thinking("Hm"), providerData: data)),
        .blockStarted(index: 1, .text), .blockStarted(index: 2, .toolUse("t1", name: "look")),
        .delta(index: 1, "In /a/b"), .delta(index: 2, #"{"path":"/a/b/"#), .delta(index: 2, #"x"}"#),
        .blockEnded(index: 1, ModelBlock(.text("In /a/b"))),
        .blockEnded(index: 2, ModelBlock(.toolUse("t1", name: "look", input: ["path": "/a/b/x"]))),
        .blockStarted(index: 3, .opaque), .blockEnded(index: 3, ModelBlock(.opaque, providerData: data)),
        .completed(.toolUse, Usage(inputTokens: 7, outputTokens: 3, cacheReadTokens: 2, reasoningTokens: 1)),
    ]

    private static func request(_ text: String = "go in /a/b", id: ToolID = "t1") -> ModelRequest {
        ModelRequest(
            model: "m1", systemPrompt: "The folder is /a/b. Today is 2026-01-31.",
            messages: [
                .user([.text(text), .image(.init(mediaType: "image/png", data: "AAAA"))]),
                .assistant([ModelBlock(.toolUse(id, name: "look", input: [:])), ModelBlock(.text("so"))]),
                .toolResults([ToolResultMessage(toolID: id, toolName: "look", content: [.text("x")], isError: false)]),
            ], tools: [ToolDescription(name: "look", description: "Looks.", inputSchema: ["type": "object"])])
    }

    /// Records one exchange with each adapter.
    private func record(
        _ folder: RecordingFolder, _ adapters: [FixedAdapter], redaction: RecordingRedaction = .none,
        request: ModelRequest = request()
    ) async throws {
        let profile = ModelProfile(contextTokensMax: 11, outputTokensMax: 12, price: Self.price)
        let models = adapters.map { ProviderRegistry.Found(adapter: $0, model: "m1", profile: profile) }
        let recorder = try Recorder(
            path: folder.file(), models: [models[0]], places: ["folder": "/a/b"], redaction: redaction)
        for model in models {
            let adapter = RecordingAdapter(adapter: model.adapter, model: RecordedModel(model), recorder: recorder)
            try? await adapter.respond(to: request) { _ in }
        }
    }

    private func play(
        _ folder: RecordingFolder, _ requests: [ModelRequest] = [request()], here: String = "/a/b"
    ) async throws -> [ModelPart] {
        let replay = Replay(try Recording(path: folder.file()), places: ["folder": here])
        let log = PartLog()
        for request in requests { try await replay.found[0].adapter.respond(to: request) { log.append($0) } }
        return log.all
    }

    @Test func `an answer is played back part by part, with its model and its price`() async throws {
        try await RecordingFolder.with { folder in
            try await record(folder, [FixedAdapter(parts: Self.parts)])
            #expect(try await play(folder) == Self.parts)
            let replay = Replay(try Recording(path: folder.file()))
            #expect(replay.model == "acme/m1" && replay.fallbackModels == [])
            let registry = ProviderRegistry(environment: [:], userAgent: "x", transport: nil).replaying(replay)
            let found = try registry.adapter(for: "acme/m1")
            #expect(found.profile.price == Self.price && found.profile.contextTokensMax == 11)
        }
    }

    @Test func `the file is private, has a version first, and the time of each part`() async throws {
        try await RecordingFolder.with { folder in
            try await record(folder, [FixedAdapter(parts: Self.parts)])
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file())[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let lines = try folder.lines()
            #expect(lines[0]["type"] == "recording" && lines[0]["version"] == 1)
            #expect(lines[1]["type"] == "request" && lines[1]["request"]?["messages"]?.array?.count == 3)
            #expect(lines[2...].allSatisfy { $0["ms"]?.int64 != nil && $0["exchange"] == 1 })
            #expect(lines.last?["type"] == "end" && lines.last?["outcome"] == "completed")
        }
    }

    @Test func `in another folder the answer names that folder, wherever its deltas are cut`() async throws {
        try await RecordingFolder.with { folder in
            let cut: [ModelPart] = [
                .blockStarted(index: 0, .text), .delta(index: 0, "See /a"), .delta(index: 0, "/b/x, /a/bc"),
                .blockEnded(index: 0, ModelBlock(.text("See /a/b/x, /a/bc"))),
            ]
            try await record(folder, [FixedAdapter(parts: Self.parts + cut)])
            let other = Self.request("go in /home/me")
            let moved = ModelRequest(
                model: "m1", systemPrompt: "The folder is /home/me. Today is 2027-12-24.", messages: other.messages,
                tools: other.tools, outputTokensMax: 5)
            let parts = try await play(folder, [moved], here: "/home/me")
            let texts = parts.compactMap { if case .delta(0, let text) = $0 { text } else { nil } }
            #expect(texts == ["Hm", "See", " /home/me/x, /a/bc"] || texts.joined() == "HmSee /home/me/x, /a/bc")
            let input = ModelBlock(.toolUse("t1", name: "look", input: ["path": "/home/me/x"]))
            #expect(parts.contains(.blockEnded(index: 2, input)))
            #expect(parts.last == .blockEnded(index: 0, ModelBlock(.text("See /home/me/x, /a/bc"))))
        }
    }

    @Test func `ids of calls, UUIDs and moments may be others, days of a prompt may not`() async throws {
        try await RecordingFolder.with { folder in
            let said = "01a21943-f8f3-7000-bf14-d66844e3057e at 2026-01-31T09:15:02.123Z"
            try await record(folder, [FixedAdapter()], request: Self.request(said))
            let same = Self.request("11111111-2222-3333-4444-555555555555 at 2027-02-01T00:00:00+01:00", id: "other")
            #expect(try await play(folder, [same]).isEmpty)
            await #expect(throws: ModelError.self) { try await self.play(folder, [Self.request("x at 2027-02-01")]) }
        }
    }

    @Test func `a request that differs is an error that says where, and nothing after it is played`() async throws {
        try await RecordingFolder.with { folder in
            try await record(folder, [FixedAdapter(parts: Self.parts), FixedAdapter()])
            let replay = Replay(try Recording(path: folder.file()), places: ["folder": "/a/b"])
            let adapter = replay.found[0].adapter
            for request in [Self.request("go away"), Self.request()] {
                let error = await #expect(throws: ModelError.self) { try await adapter.respond(to: request) { _ in } }
                #expect(error?.kind == .invalidRequest && error?.isRetryable == false)
                let place =
                    #"request 1 is not the one in the recording '\#(folder.file())': "#
                    + #"/messages/0/content/0/text: recorded "go in {folder}", now "go away""#
                #expect(error?.message == place)
            }
        }
    }

    @Test func `more requests than were recorded are an error that counts them`() async throws {
        try await RecordingFolder.with { folder in
            try await record(folder, [FixedAdapter()])
            let error = await #expect(throws: ModelError.self) {
                try await self.play(folder, [Self.request(), Self.request()])
            }
            #expect(error?.message.contains("has 1 request, and this is number 2") == true)
        }
    }

    @Test func `errors come as they came, and what was cancelled is cancelled again`() async throws {
        try await RecordingFolder.with { folder in
            let limited = ModelError(.rateLimited, "slow down", status: 429, retryAfter: .seconds(2), shouldRetry: true)
            let cut = ModelError(.cut, "it broke off")
            let failures: [any Error] = [limited, cut, CancellationError()]
            try await record(folder, failures.map { FixedAdapter(parts: Self.parts.dropLast(), failure: $0) })
            let replay = Replay(try Recording(path: folder.file()), places: ["folder": "/a/b"])
            for failure in [limited, cut] {
                let log = PartLog()
                let error = await #expect(throws: ModelError.self) {
                    try await replay.found[0].adapter.respond(to: Self.request()) { log.append($0) }
                }
                #expect(error == failure && log.all == Self.parts.dropLast())
            }
            let error = await #expect(throws: ModelError.self) {
                try await replay.found[0].adapter.respond(to: Self.request()) { _ in }
            }
            #expect(error?.message.contains("was cancelled") == true && error?.isRetryable == false)
        }
    }

    @Test func `a recording whose program was killed breaks off where it broke off`() async throws {
        try await RecordingFolder.with { folder in
            try await record(folder, [FixedAdapter(parts: Self.parts)])
            let lines = try folder.text().split(separator: "\n").prefix(5)
            _ = try folder.write(lines.joined(separator: "\n") + "\n")
            let error = await #expect(throws: ModelError.self) { try await self.play(folder) }
            #expect(
                error?.kind == .cut && error?.isRetryable == false
                    && error?.message.contains("ends in the middle") == true)
        }
    }

    @Test func `a secret is in no line, also when its pieces come one by one`() async throws {
        try await RecordingFolder.with { folder in
            let parts: [ModelPart] = [
                .blockStarted(index: 0, .text), .delta(index: 0, "my hun"), .delta(index: 0, "ter22 is"),
                .blockEnded(index: 0, ModelBlock(.text("my hunter22 is"))), .blockStarted(index: 1, .text),
                .delta(index: 1, "hunter"), .delta(index: 1, "22"),
            ]
            let failure = ModelError(.server, "hunter22 is wrong")
            try await record(
                folder, [FixedAdapter(parts: parts, failure: failure)], redaction: .word,
                request: Self.request("say hunter22"))
            let text = try folder.text()
            #expect(!text.contains("hunter") && text.components(separatedBy: "[redacted:X]").count == 6)
            #expect(try folder.lines().last?["error"]?["message"] == "[redacted:X] is wrong")
        }
    }

    @Test func `what a provider counted is counted again`() async throws {
        try await RecordingFolder.with { folder in
            let model = ProviderRegistry.Found(adapter: FixedAdapter(), model: "m1", profile: ModelProfile())
            let recorder = try Recorder(path: folder.file(), models: [model], places: [:], redaction: .none)
            let adapter = RecordingAdapter(adapter: model.adapter, model: RecordedModel(model), recorder: recorder)
            #expect(try await adapter.countTokens(of: Self.request()) == 42)
            try await adapter.respond(to: Self.request()) { _ in }
            let replay = Replay(try Recording(path: folder.file()))
            #expect(try await replay.found[0].adapter.countTokens(of: Self.request()) == 42)
            #expect(try await replay.found[0].adapter.countTokens(of: Self.request()) == nil)
            try await replay.found[0].adapter.respond(to: Self.request()) { _ in }
            // Who does not ask for the count gets the answer all the same.
            try await Replay(try Recording(path: folder.file())).found[0].adapter.respond(to: Self.request()) { _ in }
        }
    }
}
