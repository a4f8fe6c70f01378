import BassiEvents
import BassiModels
import BassiSQLite
import BassiStore
import BassiTesting
import Foundation
import Testing

@testable import BassiSession

/// fold(snapshot + tail) = fold(all), wherever the snapshot was made.
@Suite struct SnapshotTests {
    private func expectSame(_ log: [Event]) async throws {
        for cut in 0...log.count {
            var snapshot = StateSnapshot()
            for event in log.prefix(cut) { snapshot.apply(event) }
            let head = snapshot.state.head
            var read = try #require(try await StateSnapshot(snapshot.encoded, head: head) { $0 })
            var whole = SessionState(folding: log.prefix(cut))
            #expect(read.state == whole, "at \(cut)")
            for event in log.dropFirst(cut) {
                read.apply(event)
                whole.apply(event)
                #expect(read.state == whole, "at \(cut), then \(event.seq)")
            }
        }
    }

    @Test func `at every position of a log with everything in it`() async throws {
        try await expectSame(SampleLog.log(of: SampleLog.payloads))
    }

    @Test func `at every position of a log that was cut, recovered and went on`() async throws {
        for cut in stride(from: 4, to: SampleLog.payloads.count, by: 3) {
            var state = SessionState()
            var payloads = Array(SampleLog.payloads.prefix(cut))
            for event in SampleLog.log(of: payloads) { state.apply(event) }
            payloads += state.closing(as: .interrupted(.nodeLost), at: .now)
            state = SessionState(folding: SampleLog.log(of: payloads))
            payloads += state.closing(as: .cancelled(reason: "x", by: Actor(kind: .user)), at: .now)
            payloads += SampleLog.payloads.dropFirst()
            try await expectSame(SampleLog.log(of: payloads))
        }
    }

    @Test func `at every position of a log with questions and commands in the background`() async throws {
        let asked = QuestionAsked(requestID: "q", questions: [Question(id: "q1", text: "Which?")], toolID: "t1")
        func begun(_ id: ToolID) -> EventPayload {
            .backgroundStarted(BackgroundStarted(toolID: id, backgroundID: "bg", command: "serve"))
        }
        let more: [EventPayload] = [
            .questionAsked(asked), begun("t1"),
            .questionAnswered(QuestionAnswered(requestID: "q", answers: ["q1": "a"])),
            .backgroundOutput(BackgroundOutput(toolID: "t1", from: 0, bytes: 7, outputFile: "f")), begun("x"),
            .backgroundEnded(BackgroundEnded(toolID: "t1", outcome: .exited)),
        ]
        let call = SampleLog.untilCallStarted(effect: .pure)
        try await expectSame(SampleLog.log(of: call + more + SampleLog.payloads.dropFirst(call.count)))
    }

    @Test func `prompts with a key are answered as before, and those that wait still wait`() async throws {
        func prompt(_ key: String) -> EventPayload {
            .promptReceived(
                PromptReceived(
                    content: [.text(key)], source: PromptSource(client: "c"), planMode: false, idempotencyKey: key,
                    delivery: .queued))
        }
        let log = SampleLog.log(of: SampleLog.payloads + [prompt("a"), prompt("b")])
        var snapshot = StateSnapshot()
        for event in log { snapshot.apply(event) }
        let read = try #require(try await StateSnapshot(snapshot.encoded, head: snapshot.state.head) { $0 })
        #expect(Set(read.state.idempotencyKeys.keys) == ["a", "b"])
        #expect(read.state.waitingPrompts.count == 2)
        #expect(read.state == SessionState(folding: log))
    }

    @Test func `of what has ended nothing is in it, and a conversation needs only its types`() throws {
        let log = SampleLog.log(of: SampleLog.payloads)
        var snapshot = StateSnapshot()
        for event in log { snapshot.apply(event) }
        #expect(snapshot.encoded.count < 600)
        let conversation = Conversation(folding: log)
        #expect(Conversation(folding: log.filter { Conversation.types.matches($0) }) == conversation)
        #expect(!conversation.messages.isEmpty)
    }

    @Test func `what has arrived of an open block is in it once`() async throws {
        let log = SampleLog.log(of: SampleLog.untilDeltas((0..<500).map { "word \($0) " }))
        var snapshot = StateSnapshot()
        for event in log { snapshot.apply(event) }
        #expect(snapshot.encoded.count < 8_000)
        let read = try #require(try await StateSnapshot(snapshot.encoded, head: snapshot.state.head) { $0 })
        #expect(read.state == SessionState(folding: log))
    }

    @Test func `a snapshot that cannot be read is as none`() async throws {
        let store = try SQLiteEventStore(path: FileManager.default.temporaryDirectory.path + "/\(UUID()).sqlite")
        let configuration = AgentConfiguration(model: "demo", tools: [], folder: "/", environment: [:])
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("hi") {}
        try await session.close()
        try await store.keep(Snapshot(kind: StateSnapshot.kind, seq: 3, bytes: Array("no log".utf8)), of: session.id)
        let again = try await AgentSession.open(session.id, configuration, store: store)
        #expect(await again.isInterrupted == false)
        for try await _ in again.send("hi") {}
        try await again.close()
        #expect(try await store.verify(session.id) == nil)
        try await store.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a long session is opened from its snapshot, and so is a fork of it`() async throws {
        let store = try SQLiteEventStore(path: FileManager.default.temporaryDirectory.path + "/\(UUID()).sqlite")
        let id = SessionID()
        let long = SampleLog.untilDeltas((0..<3_000).map { "word \($0) " })
        let run = RunID()
        let drafts = long.map { EventDraft($0, runID: run) }
        _ = try await store.append(drafts, to: id, expecting: .noStream)
        var configuration = AgentConfiguration(model: "demo", tools: [], folder: "/", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "yes"), ScriptedAnswer(text: "no")]).registry()
        let session = try await AgentSession.open(id, configuration, store: store)
        for try await _ in session.send("go on") {}
        var snapshot = try await store.snapshot(of: id, kind: StateSnapshot.kind)
        while snapshot == nil, !Task.isCancelled {
            await Task.yield()
            snapshot = try await store.snapshot(of: id, kind: StateSnapshot.kind)
        }
        try await session.close()
        let head = try #require(try await store.head(of: id))
        #expect(try #require(snapshot).seq > 3_000)
        let child = try await AgentSession.fork(id, configuration, store: store)
        #expect(try await store.snapshot(of: child.id, kind: StateSnapshot.kind) == snapshot)
        #expect(try await store.read(child.id, after: head).map(\.payload.type) == ["session_forked"])
        for try await _ in child.send("and now?") {}
        try await child.close()
        #expect(try await store.verify(child.id) == nil)
        try await store.close()
    }
}
