import BassiEvents
import BassiTesting
import Foundation
import Testing

@testable import BassiStore

/// Nothing makes an event larger than 1 MiB, and nothing of it is lost.
@Suite struct LargeEventTests {
    private let session = SessionID()
    private let store = MemoryEventStore()

    private func drafting() -> EventDrafting {
        EventDrafting(session: session, redactor: Redactor(), blobs: store.blobs)
    }

    /// Stores the payload; gives the event as it stands in the log, as every reader gets it.
    private func stored(_ payload: EventPayload) async throws -> Event {
        let (draft, whole) = try await drafting().draft(payload)
        #expect(whole == payload)
        let event = try await store.append([draft], to: session, expecting: .any)[0]
        let line = EventCoder.encode(event)
        #expect(line.count <= EventParts.eventBytesMax)
        // What a reader decodes is what is stored.
        #expect(try EventCoder.decode(line).payload == event.payload)
        return event
    }

    /// With an escape and characters of several bytes now and then.
    private static func text(_ bytes: Int) -> String {
        String(repeating: String(repeating: "word ", count: 200) + "Grüße 🙂\u{1}\n", count: bytes / 1016 + 1)
    }

    private static func prompt(_ content: [ContentBlock]) -> EventPayload {
        .promptReceived(
            PromptReceived(content: content, source: PromptSource(client: "c"), planMode: false, delivery: .start))
    }

    private static func completed(_ result: [ContentBlock], _ structured: JSONValue? = nil) -> EventPayload {
        .toolCallCompleted(
            ToolCallCompleted(
                toolID: "t", toolName: "n", result: result, structured: structured, durationMilliseconds: 1))
    }

    /// Every way in which an event can be too large.
    private static let payloads: [EventPayload] = {
        let text = Self.text(1_100_000)
        let many = (0..<3_000).map { ContentBlock.text("block \($0)" + String(repeating: " and some words", count: 8)) }
        let numbers = JSONValue.array((0..<20_000).map { .number(JSONNumber($0)) })
        let input: JSONValue = ["path": "a.txt", "content": .string(text), "more": ["a": [numbers]]]
        return [
            prompt([.text("Look: "), .text(text)]), prompt(many), prompt([.text(text)] + many),
            prompt([.other(["type": "new", "a/b~c": .string(text)])]),
            completed([.text(text), .text(text)], ["rows": numbers]),
            .toolCallFailed(
                ToolCallFailed(
                    toolID: "t", toolName: "n", error: ToolFailure(type: "failed", message: text), result: [],
                    durationMilliseconds: 1, outcome: .failed)),
            .permissionResolved(
                PermissionResolved(
                    requestID: "r", decision: .allow, scope: .once, by: Actor(kind: .user), modifiedInput: input)),
            .contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .text, text: text)),
            .contentBlockEnd(
                ContentBlockEnd(
                    blockID: "b", kind: .thinking, thinking: "short",
                    providerData: ["provider": "p", "model": "m", "data": .string(text)])),
            .contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .toolUse, toolInput: .string(text))),
            .error(ErrorOccurred(errorType: "e", errorMessage: text, retryable: false)),
            .sessionStarted(SessionStarted(metadata: SessionMetadata(systemPrompt: text, bassiVersion: "0"))),
            .unknown(UnknownPayload(type: "new", rawJSON: Array("\"a\":\(JSONValue.string(text).text)".utf8))),
        ]
    }()

    @Test(arguments: payloads.indices)
    func `whatever is too large lies in the blob store and comes back`(index: Int) async throws {
        let payload = Self.payloads[index]
        let event = try await stored(payload)
        #expect(!event.blobReferences.isEmpty)
        #expect(EventCoder.encode(event).count <= EventParts.payloadBytesMax + 20_000)
        #expect(try await store.whole(event).payload == payload)
    }

    @Test func `the limits hold at their edges`() async throws {
        func input(_ bytes: Int) -> EventPayload {
            let input: JSONValue = ["content": .string(String(repeating: "x", count: bytes - 14))]
            return .permissionRequested(
                PermissionRequested(requestID: "r", toolID: "t", toolName: "n", toolInput: input))
        }
        #expect(try await stored(input(65_536)).blobReferences.isEmpty)
        #expect(try await stored(input(65_537)).blobReferences.map(\.at) == ["/tool_input"])
        func result(_ bytes: Int) -> EventPayload { Self.completed([.text(String(repeating: "x", count: bytes))]) }
        let frame = Self.completed([.text("")]).encoded.count + 2
        #expect(try await stored(result(262_144 - frame)).blobReferences.isEmpty)
        #expect(try await stored(result(262_145 - frame)).blobReferences.map(\.at) == ["/result/0/text"])
    }

    @Test func `an input is kept once, however many events repeat it`() async throws {
        let input: JSONValue = ["content": .string(Self.text(200_000))]
        let events = [
            try await stored(.contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .toolUse, toolInput: input))),
            try await stored(
                .permissionRequested(PermissionRequested(requestID: "r", toolID: "t", toolName: "n", toolInput: input))),
            try await stored(
                .toolCallStarted(
                    ToolCallStarted(
                        toolID: "t", toolName: "n", toolInput: input, effect: .write, reach: .folder, attempt: 1))),
        ]
        #expect(Set(events.flatMap(\.blobReferences).map(\.blob)).count == 1)
    }

    @Test func `a preview shows what it is about and says that it is one`() async throws {
        let input: JSONValue = ["path": "src/a.swift", "content": .string(Self.text(100_000)), "last": true]
        let event = try await stored(
            .permissionRequested(PermissionRequested(requestID: "r", toolID: "t", toolName: "n", toolInput: input)))
        guard case .permissionRequested(let asked) = event.payload else { return _ = Issue.record("\(event.payload)") }
        #expect(asked.toolInput["path"] == "src/a.swift" && asked.toolInput["last"] == true)
        #expect(asked.toolInput["content"]?.string?.contains(BlobPreview.mark) == true)
        #expect(asked.toolInput.encoded.count < 10_000)
        // A value without any long string has a mark too: nobody may take it for the whole.
        let numbers = JSONValue.array((0..<30_000).map { .number(JSONNumber($0)) })
        let object = JSONObject((0..<3_000).map { JSONObject.Member(key: "key\($0)", value: 1) })
        var deep = JSONValue.string(Self.text(70_000))
        for _ in 0..<100 { deep = ["a": deep] }
        let digits = try JSONParser.parse(String(repeating: "1", count: 70_000))
        for value in [
            numbers, .object(object), deep, digits, .object([Self.text(70_000): 1]), ["a": .string(Self.text(70_000))],
        ] {
            let preview = BlobPreview.value(value)
            #expect(preview.text.contains(BlobPreview.mark) && preview.encoded.count < 20_000)
        }
    }

    @Test func `an event that is too large without any large part is refused`() async throws {
        let tools = (0..<100_000).map { "tool-with-a-name-\($0)" }
        let payload = EventPayload.sessionStarted(
            SessionStarted(metadata: SessionMetadata(tools: tools, bassiVersion: "0")))
        let error = await #expect(throws: BlobError.self) { try await drafting().draft(payload) }
        #expect(error?.description.contains("session_started") == true)
    }

    @Test func `a broken block ends even where there is no room for it`() async throws {
        let blobs = MemoryBlobStore(limits: BlobLimits(blobBytesMax: 1000, sessionBytesMax: 1000))
        let drafting = EventDrafting(session: session, redactor: Redactor(), blobs: blobs)
        let text = Self.text(2_000_000)
        let end = ContentBlockEnd(blockID: "b", kind: .text, text: text, interrupted: true)
        let (draft, whole) = try await drafting.draft(.contentBlockEnd(end))
        guard case .contentBlockEnd(let stored) = draft.payload else { return _ = Issue.record("\(draft.payload)") }
        #expect(draft.payload == whole && stored.interrupted == true)
        #expect(stored.text?.contains(BlobPreview.mark) == true && !draft.payloadBytes.starts(with: "\"blobs\"".utf8))
        await #expect(throws: BlobError.self) {
            try await drafting.draft(.contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .text, text: text)))
        }
    }

    @Test func `events of random parts come back as they were`() async throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<15 {
            let blocks = (0..<Int.random(in: 1...6, using: &random)).map { _ -> ContentBlock in
                let bytes = [10, 5_000, 20_000, 90_000, 400_000].randomElement(using: &random) ?? 1
                return .text(Self.text(bytes + Int.random(in: 0...100, using: &random)))
            }
            let payload =
                Bool.random(using: &random) ? Self.prompt(blocks) : Self.completed(blocks, .string(Self.text(70_000)))
            #expect(try await store.whole(try await stored(payload)).payload == payload)
        }
    }
}

/// The same numbers each time.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
