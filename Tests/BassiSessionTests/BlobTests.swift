import BassiEvents
import BassiModels
import BassiSQLite
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Synchronization
import Testing

@testable import BassiSession

/// What is too large for an event: the log has a reference and a preview, the model and the tools have the whole.
@Suite struct BlobTests {
    private static let secret = "hunter2-correct-horse"
    private static let picture = ContentBlock.image(
        .init(
            mediaType: "image/png",
            data: Data((0..<400_000).map { UInt8(truncatingIfNeeded: $0) }).base64EncodedString()))
    private static let longInput: JSONValue = ["content": .string(String(repeating: "let_a=1;", count: 12_000))]
    private static let longOutput = String(repeating: "output ", count: 60_000)
    private static let longAnswer = String(repeating: "word", count: 750_000)

    /// Gives a long output with a secret in it; keeps what it was given.
    private final class LongTool: Sendable {
        let inputs = Mutex<[JSONValue]>([])

        func tool(_ effect: ToolEffect = .write) -> FunctionTool {
            FunctionTool("long", description: "", effect: effect) { [self] input, context in
                inputs.withLock { $0.append(input) }
                try await context.output(.stdout, String(repeating: "é", count: 100_000))
                return .text(BlobTests.longOutput + BlobTests.secret)
            }
        }
    }

    private func configuration(_ answers: [ScriptedAnswer], _ tool: FunctionTool) -> (AgentConfiguration, ScriptedModel)
    {
        let model = ScriptedModel(answers)
        var configuration = AgentConfiguration(
            model: "demo", tools: [tool], folder: "/", environment: ["DEPLOY_TOKEN": Self.secret])
        configuration.providers = model.registry()
        configuration.permissionMode = .bypass
        return (configuration, model)
    }

    private func log(_ store: any EventStore, _ session: SessionID) async throws -> [Event] {
        var events: [Event] = []
        while true {
            let page = try await store.read(session, after: events.last?.seq ?? .start)
            if page.isEmpty { return events }
            events += page
        }
    }

    /// The texts that a model was sent, results included.
    private func texts(_ request: ModelRequest) -> [String] {
        request.messages.flatMap { message -> [String] in
            switch message {
            case .user(let content): content.compactMap(\.text)
            case .assistant(let blocks):
                blocks.compactMap { if case .text(let text) = $0.content { text } else { nil } }
            case .toolResults(let results): results.flatMap { $0.content.compactMap(\.text) }
            }
        }
    }

    @Test func `a session with large prompts, inputs, outputs and answers goes on whole after a restart`() async throws
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("log.sqlite").path
        let (tool, store) = (LongTool(), try SQLiteEventStore(path: path))
        let (first, _) = configuration(
            [
                ScriptedAnswer(tools: [ScriptedCall("long", Self.longInput)]), ScriptedAnswer(text: Self.longAnswer),
            ], tool.tool())
        let session = try await AgentSession.start(first, store: store)
        let question = String(repeating: "question ", count: 150_000)
        for try await _ in session.send(Prompt([.text(question), Self.picture])) {}
        try await session.close()
        #expect(tool.inputs.withLock { $0 } == [Self.longInput])

        let events = try await log(store, session.id)
        #expect(events.allSatisfy { EventCoder.encode($0).count <= 400_000 })
        #expect(try LogRules.check(events).isClosed)
        let deltas = events.compactMap { if case .tokenDelta(let token) = $0.payload { token.delta } else { nil } }
        #expect(
            deltas.joined() == Self.longInput.text + Self.longAnswer && deltas.allSatisfy { $0.utf8.count <= 65_536 })
        #expect(
            events.filter { !$0.blobReferences.isEmpty }.map(\.payload.type) == [
                "prompt_received", "content_block_end", "tool_call_started", "tool_call_completed", "content_block_end",
            ])
        let names = Set(events.flatMap(\.blobNames).map(\.description))
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/blobs/\(session.id)")) == names)
        try expectNoSecret(in: folder)
        try await store.close()

        // Another program: all that it knows is on the disk. Then a copy, from a snapshot, without the first.
        let again = try SQLiteEventStore(path: path)
        try await expectWhole(session.id, question, in: again)
        let copy = SessionID()
        _ = try await OpenedSession.keepSnapshot(of: session.id, in: again)
        _ = try await again.fork(session.id, at: nil, into: copy)
        try await again.delete(session.id)
        try await expectWhole(copy, question, in: again)
        #expect(try await again.verify(copy) == nil)
        try await again.close()
    }

    /// Opens the session, asks, and looks at what the model was sent.
    private func expectWhole(_ id: SessionID, _ question: String, in store: any EventStore) async throws {
        let (second, model) = configuration([ScriptedAnswer(text: "Yes.")], LongTool().tool())
        let opened = try await AgentSession.open(id, second, store: store)
        for try await _ in opened.send("And?") {}
        try await opened.close()
        let request = try #require(model.requests.first)
        let expected = [question, Self.longOutput + "[redacted:DEPLOY_TOKEN]", Self.longAnswer, "And?"]
        #expect(Array(texts(request).prefix(4)) == expected)
        guard case .user(let content)? = request.messages.first, case .assistant(let blocks) = request.messages[1]
        else {
            return _ = Issue.record("\(request.messages.count) messages")
        }
        #expect(content.last == Self.picture)
        guard case .toolUse(_, _, let input)? = blocks.last?.content else { return _ = Issue.record("no call") }
        #expect(input == Self.longInput)
    }

    private func expectNoSecret(in folder: URL) throws {
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where (try? Data(contentsOf: file)) != nil {
            count += 1
            #expect(try Data(contentsOf: file).range(of: Data(Self.secret.utf8)) == nil, "\(file.path)")
        }
        // The log with its companions, and the picture, the prompt, the input, the output and the answer.
        #expect(count >= 7)
    }

    /// A log that ends while a call runs that may run again.
    private func interrupted(in store: MemoryEventStore) async throws -> SessionID {
        let clock = ManualClock()
        let hanging = FunctionTool("long", description: "", effect: .pure) { _, _ in
            try await clock.sleep(for: .seconds(1))
            return .text("never")
        }
        let (first, _) = configuration([ScriptedAnswer(tools: [ScriptedCall("long", Self.longInput)])], hanging)
        let session = try await AgentSession.start(first, store: store)
        for try await event in session.send("Go.") {
            if case .toolCallStarted = event.payload { break }
        }
        // The log as its owner's death would leave it, in a session of its own.
        let dead = SessionID()
        try await store.blobs.copyAll(from: session.id, to: dead)
        let events = try await store.read(session.id)
        _ = try await store.append(events.map(Self.draft), to: dead, expecting: .noStream)
        try await session.close()
        return dead
    }

    @Test func `a call with a large input runs again with all of it`() async throws {
        let (store, tool) = (MemoryEventStore(), LongTool())
        let dead = try await interrupted(in: store)
        let (second, _) = configuration([ScriptedAnswer(text: "Over.")], tool.tool(.pure))
        let session = try await AgentSession.open(dead, second, store: store)
        for try await _ in session.goOn() {}
        try await session.close()
        #expect(tool.inputs.withLock { $0 } == [Self.longInput])
    }

    @Test func `a call whose input is lost is not run on a part of it`() async throws {
        let (store, tool) = (MemoryEventStore(), LongTool())
        let dead = try await interrupted(in: store)
        try await store.blobs.deleteAll(of: dead)
        let (second, model) = configuration([ScriptedAnswer(text: "I see.")], tool.tool(.pure))
        let session = try await AgentSession.open(dead, second, store: store)
        for try await _ in session.goOn() {}
        try await session.close()
        #expect(tool.inputs.withLock { $0 } == [])
        #expect(texts(try #require(model.requests.first)).last?.contains("a part of the input is lost") == true)
    }

    @Test func `a prompt that is too large is refused, and the session goes on`() async throws {
        let store = MemoryEventStore(blobs: MemoryBlobStore(limits: BlobLimits(blobBytesMax: 300_000)))
        let (first, _) = configuration([ScriptedAnswer(text: "Yes.")], LongTool().tool())
        let session = try await AgentSession.start(first, store: store)
        let error = BlobError.tooLarge(bytes: 300_001, bytesMax: 300_000)
        await #expect(throws: error) { try await session.prompt(Prompt(String(repeating: "x", count: 300_001))) }
        await #expect(throws: BlobError.self) { try await session.prompt(Prompt([Self.picture])) }
        for try await _ in session.send(String(repeating: "x", count: 300_000)) {}
        try await session.close()
        #expect(EventList.lines(of: try await log(store, session.id)).last == "run_completed completed")
    }

    @Test func `a result that cannot be stored is an end of its call, and the model is told`() async throws {
        let store = MemoryEventStore(blobs: MemoryBlobStore(limits: BlobLimits(sessionBytesMax: 100_000)))
        let (first, model) = configuration(
            [ScriptedAnswer(tools: [ScriptedCall("long", [:])]), ScriptedAnswer(text: "I see.")], LongTool().tool())
        let session = try await AgentSession.start(first, store: store)
        for try await _ in session.send("Go.") {}
        try await session.close()
        let lines = EventList.lines(of: try await log(store, session.id))
        #expect(lines.contains("tool_call_failed long failed") && lines.last == "run_completed completed")
        #expect(texts(try #require(model.requests.last)).last?.contains("go on in a new session") == true)
    }

    /// A tool that gives the model the end of what it found.
    private static let half = FunctionTool("half", description: "") { _, _ in
        ToolResult(
            [.text("the end")], truncated: Truncation(totalBytes: 500_000, keptBytes: 7),
            whole: String(repeating: "line ", count: 100_000) + secret)
    }

    private func end(_ store: MemoryEventStore) async throws -> (ToolCallCompleted, SessionID) {
        let (first, _) = configuration(
            [ScriptedAnswer(tools: [ScriptedCall("half", [:])]), ScriptedAnswer(text: "I see.")], Self.half)
        let session = try await AgentSession.start(first, store: store)
        for try await _ in session.send("Go.") {}
        try await session.close()
        let ends = try await log(store, session.id).compactMap {
            if case .toolCallCompleted(let end) = $0.payload { end } else { nil }
        }
        return (try #require(ends.first), session.id)
    }

    @Test func `what the model does not get of an output is kept for people`() async throws {
        let store = MemoryEventStore()
        let (end, session) = try await end(store)
        #expect(end.result == [.text("the end")])
        #expect(end.truncated?.totalBytes == 500_000 && end.truncated?.keptBytes == 7)
        let name = try #require(end.truncated?.file.flatMap(BlobName.init))
        let whole = String(repeating: "line ", count: 100_000) + "[redacted:DEPLOY_TOKEN]"
        #expect(try await store.blobs.read(name, of: session) == Array(whole.utf8))
    }

    @Test func `where it cannot be kept that is said`() async throws {
        let blobs = MemoryBlobStore(limits: BlobLimits(blobBytesMax: 400_000))
        let (end, _) = try await end(MemoryEventStore(blobs: blobs))
        #expect(end.truncated?.file == nil && end.result.first == .text("the end"))
        #expect(end.result.last?.text?.hasPrefix("(what was left out is not kept: ") == true)
    }

    @Test func `no room for an answer ends the session, and its log can be gone on with`() async throws {
        let store = MemoryEventStore(blobs: MemoryBlobStore(limits: BlobLimits(sessionBytesMax: 1000)))
        let (first, _) = configuration([ScriptedAnswer(text: Self.longAnswer)], LongTool().tool())
        let session = try await AgentSession.start(first, store: store)
        let error = await #expect(throws: SessionError.self) { for try await _ in session.send("Go.") {} }
        #expect(error?.description.contains("go on in a new session") == true)
        try await session.close()
        let (second, _) = configuration([ScriptedAnswer(text: "Yes.")], LongTool().tool())
        let opened = try await AgentSession.open(session.id, second, store: store)
        for try await _ in opened.send("And?") {}
        try await opened.close()
        #expect(try LogRules.check(try await log(store, session.id)).isClosed)
    }

    @Test func `a block that broke off has its end even where there is no room for it`() async throws {
        let whole = MemoryEventStore()
        let (first, _) = configuration([ScriptedAnswer(text: Self.longAnswer)], LongTool().tool())
        let session = try await AgentSession.start(first, store: whole)
        for try await _ in session.send("Go.") {}
        try await session.close()
        let events = try await log(whole, session.id)
        let end = try #require(events.firstIndex { $0.payload.type == "content_block_end" })
        let store = MemoryEventStore(blobs: MemoryBlobStore(limits: BlobLimits(sessionBytesMax: 1000)))
        _ = try await store.append(events[..<end].map(Self.draft), to: session.id, expecting: .noStream)

        let (second, model) = configuration([ScriptedAnswer(text: "Yes.")], LongTool().tool())
        let opened = try await AgentSession.open(session.id, second, store: store)
        for try await _ in opened.send("And?") {}
        try await opened.close()
        #expect(try LogRules.check(try await log(store, session.id)).isClosed)
        let partial = texts(try #require(model.requests.last)).first { $0.hasPrefix("wordword") }
        #expect(partial?.contains(BlobPreview.mark) == true && partial?.hasSuffix("[interrupted]") == true)
    }

    private static func draft(_ event: Event) -> EventDraft {
        EventDraft(
            event.payload, bytes: event.payloadBytes, runID: event.runID, causeSeq: event.causeSeq, id: EventID(),
            timestamp: event.timestamp, schema: event.schema)
    }
}
