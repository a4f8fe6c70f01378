import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Commands in the background whose owner was killed, and what is held of their output.
@Suite struct BackgroundRecoveryTests {
    private static let command = BackgroundStarted(toolID: "t", backgroundID: "bg_1", command: "serve")

    private static let log: [EventDraft] = {
        let run = RunID()
        let started = ToolCallStarted(
            toolID: "t", toolName: "bash", toolInput: [:], effect: .write, reach: .machine, attempt: 1)
        let completed = ToolCallCompleted(toolID: "t", toolName: "bash", result: [], durationMilliseconds: 1)
        let prompt = PromptReceived(
            content: [.text("Go.")], source: PromptSource(client: "test"), planMode: false, delivery: .start)
        return [
            EventDraft(.sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "0")))),
            EventDraft(.promptReceived(prompt), runID: run),
            EventDraft(
                .runStarted(RunStarted(model: "demo", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)), runID: run,
                causeSeq: 2),
            EventDraft(.toolCallStarted(started), runID: run),
            EventDraft(.backgroundStarted(command), runID: run), EventDraft(.toolCallCompleted(completed), runID: run),
            EventDraft(
                .runCompleted(
                    RunCompleted(outcome: .completed, turns: 1, usage: Usage(), costUSD: .zero, durationMilliseconds: 1)
                ),
                runID: run),
            EventDraft(.toolOutputDelta(ToolOutputDelta(toolID: "t", stream: .stdout, delta: "it "))),
            EventDraft(.toolOutputDelta(ToolOutputDelta(toolID: "t", stream: .stderr, delta: "served"))),
        ]
    }()

    private func agent(_ model: ScriptedModel) -> AgentConfiguration {
        var configuration = AgentConfiguration(
            model: "demo", tools: [.bash, .bashOutput, .bashKill], folder: "/", environment: [:])
        configuration.providers = model.registry()
        return configuration
    }

    @Test func `what its owner's death ended is closed as lost, its output is kept, and the model is told`()
        async throws
    {
        let (store, model, id) = (MemoryEventStore(), ScriptedModel([ScriptedAnswer(text: "I see.")]), SessionID())
        _ = try await store.append(Self.log, to: id, expecting: .noStream)
        let session = try await AgentSession.open(id, agent(model), store: store)
        let events = try await store.read(id)
        guard case .backgroundEnded(let end)? = events.last?.payload else {
            Issue.record("it was not closed")
            return
        }
        #expect(end.outcome == .lost && end.exit == nil && end.outputFrom == 0)
        let blob = try #require(end.outputFile.flatMap { BlobName($0) })
        #expect(try await store.blobs.read(blob, of: id) == Array("it served".utf8))
        for try await _ in session.send("Go on.") {}
        let told = "\(model.requests.last?.messages ?? [])"
        #expect(told.contains("bg_1 (serve) is gone: the program that ran it stopped"))
        try await session.end()
        #expect(try LogRules.check(try await store.read(id)).isClosed)
        // Once is enough.
        let again = try await AgentSession.open(id, agent(model), store: store)
        try await again.close()
        #expect(try await store.read(id, types: [.backgroundEnded], limit: 9).count == 1)
    }

    @Test func `a copy of a session does not have what runs in the original`() async throws {
        let (store, model, id) = (MemoryEventStore(), ScriptedModel([]), SessionID())
        _ = try await store.append(Self.log, to: id, expecting: .noStream)
        let copy = try await AgentSession.fork(id, agent(model), store: store)
        #expect(try await store.read(copy.id, types: [.backgroundEnded], limit: 9).count == 1)
        #expect(try await store.read(id, types: [.backgroundEnded], limit: 9).isEmpty)
        try await copy.close()
    }

    @Test func `a snapshot keeps what runs and how many there were`() async throws {
        var (snapshot, log) = (StateSnapshot(), [Event]())
        for (index, draft) in Self.log.enumerated() {
            log.append(Event(draft, sessionID: SessionID(), seq: SequenceNumber(Int64(index + 1))))
        }
        let kept = BackgroundOutput(toolID: "t", from: 0, bytes: 9, outputFile: "x")
        log.append(Event(EventDraft(.backgroundOutput(kept)), sessionID: SessionID(), seq: 10))
        for event in log { snapshot.apply(event) }
        let read = try #require(try await StateSnapshot(snapshot.encoded, head: 10) { $0 })
        #expect(read.state.background == SessionState(folding: log).background)
        #expect(read.state.background.commands.map(\.keptBytes) == [9])
        log.append(
            Event(EventDraft(.backgroundEnded(BackgroundEnded(toolID: "t", exit: 0))), sessionID: SessionID(), seq: 11))
        log.forEach { snapshot.apply($0) }
        let ended = try #require(try await StateSnapshot(snapshot.encoded, head: 11) { $0 })
        #expect(ended.state.background.commands.isEmpty && ended.state.background.count >= 1)
    }

    @Test func `a character that lies over the end of the beginning is whole`() {
        var text = BackgroundText()
        let beginning = String(repeating: "a", count: BackgroundText.headBytesMax - 1)
        _ = text.take(beginning + "é" + "b")
        #expect(text.read(from: BackgroundText.headBytesMax - 3) == "aaéb")
        #expect(text.read(from: nil) == beginning + "éb")
        #expect(!text.hasNew(from: nil) && text.hasNew(from: 0) && !text.hasNew(from: text.totalBytes))
    }

    @Test func `a text is read from any byte, and a piece in the middle is left out`() {
        var text = BackgroundText()
        _ = text.take("abc€")
        #expect(text.read(from: nil) == "abc€" && !text.hasNew(from: nil) && text.read(from: nil).isEmpty)
        #expect(text.read(from: 2) == "c€" && text.read(from: 4).isEmpty && text.read(from: 99).isEmpty)
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<1000 { _ = text.take(line) }
        _ = text.take("last")
        let read = text.read(from: nil)
        #expect(read.contains("bytes left out") && read.hasSuffix("\nlast") && read.utf8.count < 31_000)
        #expect(text.read(from: text.totalBytes - 6) == "x\nlast")
        #expect(text.totalBytes == 1_000_010)
    }

    @Test func `what is kept goes out in whole segments and stops at its limit`() {
        var (text, sizes) = (BackgroundText(), [Int]())
        let line = String(repeating: "x", count: 300_000)
        for _ in 0..<1000 { if let segment = text.take(line).segment { sizes.append(segment.bytes.count) } }
        if let rest = text.takeSegment() { sizes.append(rest.bytes.count) }
        #expect(text.isFull && text.totalBytes == 300_000_000)
        #expect(sizes.reduce(0, +) <= BackgroundText.keptBytesMax + line.utf8.count)
        #expect(sizes.allSatisfy { $0 <= BackgroundText.segmentBytesMax + line.utf8.count })
    }
}
