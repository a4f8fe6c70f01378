import BassiEvents
import BassiModels
import BassiSQLite
import BassiSession
import BassiStore
import BassiTesting
import Foundation

/// Opening a session with a long log: how long it takes, and how much memory.
///
/// It is opened in a process of its own, since what other benchmarks left in memory is not to be counted.
struct LongSession {
    let events: Int
    let folder: String

    func run(_ report: inout BenchmarkReport) async throws {
        let (path, session) = (folder + "/long.sqlite", SessionID())
        defer { StoreRun.remove(path) }
        let count = try await write(session, path)
        let first = try await open(session, path, thenKeepsSnapshot: true)
        let opening = try await open(session, path)
        print("opening a session of \(BenchmarkReport.figure(Double(count))) events, SQLite, in a process of its own")
        report.row("open_store", "the file", opening("store_ms"), "ms")
        report.row("first_event_of_start", "to the first event after the start", opening("start_ms"), "ms")
        report.row("first_event_of_middle", "to the first event after the middle", opening("middle_ms"), "ms")
        report.row("first_event_of_end", "to the last event", opening("end_ms"), "ms")
        report.row("open_session_first", "AgentSession.open, of the log alone", first("session_ms"), "ms")
        report.row("open_session", "AgentSession.open, of a snapshot", opening("session_ms"), "ms")
        report.row("replay_long", "all pages, for comparison", opening("replay_ms"), "ms")
        let mebibyte = 1_048_576.0
        report.row("memory_before", "resident memory before", opening("memory_before") / mebibyte, "MiB")
        report.row("memory_after_open", "  with the session open", opening("memory_after") / mebibyte, "MiB")
        report.row("memory_most", "  at most", opening("memory_most") / mebibyte, "MiB")
        report.ratio(
            "first_event_of_end_to_start", "  first event: after the end to after the start",
            [opening("end_ms") / opening("start_ms")])
        report.ratio(
            "open_session_to_replay", "  AgentSession.open, of a snapshot, to all pages",
            [opening("session_ms") / opening("replay_ms")]
        )
        report.ratio(
            "memory_open_to_before", "  memory: open to before", [opening("memory_after") / opening("memory_before")])
    }

    // MARK: - Writing

    /// Writes whole runs, each with an answer of 100 deltas, until there are enough events. Gives their number.
    private func write(_ session: SessionID, _ path: String) async throws -> Int {
        let store = try SQLiteEventStore(path: path)
        let started = SessionStarted(
            metadata: SessionMetadata(title: "long", cwd: "/", model: "demo", bassiVersion: "0"))
        var (batch, count, run) = ([EventDraft(.sessionStarted(started))], 0, 0)
        while count + batch.count < events {
            run += 1
            batch += Self.run(run, after: SequenceNumber(Int64(count + batch.count)))
            if batch.count >= 1_000 || count + batch.count >= events {
                let head = SequenceNumber(Int64(count))
                count += try await store.append(batch, to: session, expecting: .exact(head)).count
                batch = []
            }
        }
        try await store.close()
        return count
    }

    private static func run(_ number: Int, after head: SequenceNumber) -> [EventDraft] {
        let (id, block) = (RunID(), BlockID("block-\(number)"))
        let words = (0..<100).map { "word \($0) of what the model has to say, " }
        var payloads: [EventPayload] = [
            .promptReceived(
                PromptReceived(
                    content: [.text("Prompt \(number)")], source: PromptSource(client: "bench"), planMode: false,
                    delivery: .start)),
            .runStarted(RunStarted(model: "demo", limits: RunLimits(), nodeID: "bench", leaseEpoch: 1)),
            .requestSent(
                RequestSent(
                    attempt: 1, provider: "demo", model: "demo", messageCount: 1, toolCount: 0, estimatedInputTokens: 9)
            ),
            .contentBlockStart(ContentBlockStart(blockID: block, kind: .text, index: 0)),
        ]
        payloads += words.map { .tokenDelta(TokenDelta(blockID: block, delta: $0)) }
        payloads += [
            .contentBlockEnd(ContentBlockEnd(blockID: block, kind: .text, text: words.joined())),
            .requestEnded(RequestEnded(attempt: 1, outcome: .completed)),
            .messageCompleted(
                MessageCompleted(
                    messageID: MessageID("message-\(number)"), role: "assistant", model: "demo", stopReason: .endTurn,
                    usage: Usage(inputTokens: 9, outputTokens: 100), durationMilliseconds: 1)),
            .runCompleted(RunCompleted(outcome: .completed, turns: 1, usage: Usage(), durationMilliseconds: 1)),
        ]
        return payloads.map { payload in
            if case .runStarted = payload { return EventDraft(payload, runID: id, causeSeq: head.next) }
            return EventDraft(payload, runID: id)
        }
    }

    // MARK: - Opening

    private func open(
        _ session: SessionID, _ path: String, thenKeepsSnapshot: Bool = false
    ) async throws -> (String) -> Double {
        let arguments = ["open-session", path, session.description] + (thenKeepsSnapshot ? ["keep"] : [])
        let output = try await Program.output(of: "/proc/self/exe", arguments, in: folder)
        guard let object = try JSONParser.parse(output).object else {
            throw BenchmarkProblem("the process that opens a session said '\(output)'")
        }
        return { object[$0]?.double ?? .nan }
    }

    /// `open-session PATH SESSION [keep]`: prints the figures as JSON.
    static func child(_ arguments: [String]) async throws {
        guard arguments.count >= 2, let session = SessionID(arguments[1]) else { throw Main.Usage() }
        var figures: [(String, Double)] = [("memory_before", Double(MachineState.memory.resident))]
        let clock = ContinuousClock()
        // The best of several times, where it can be done again.
        func time(_ name: String, _ times: Int = 1, _ body: () async throws -> Void) async rethrows {
            var samples: [Double] = []
            for _ in 0..<times { samples.append(try await clock.measure(body) / .milliseconds(1)) }
            figures.append((name, Samples(samples).least))
        }
        var opened: SQLiteEventStore?
        try await time("store_ms") { opened = try SQLiteEventStore(path: arguments[0]) }
        guard let store = opened else { return }
        let head = try await store.head(of: session) ?? .start
        for (name, position) in [("middle_ms", head.rawValue / 2), ("end_ms", head.rawValue - 1), ("start_ms", 0)] {
            try await time(name, 5) { try await first(after: SequenceNumber(position), store, session) }
        }
        var configuration = AgentConfiguration(model: "demo", folder: "/")
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "done")]).registry()
        var agent: AgentSession?
        try await time("session_ms") { agent = try await AgentSession.open(session, configuration, store: store) }
        figures.append(("memory_after", Double(MachineState.memory.resident)))
        figures.append(("memory_most", Double(MachineState.memory.most)))
        if arguments.last == "keep", let agent { try await keepSnapshot(of: agent, in: store) }
        try await agent?.close()
        try await time("replay_ms", 3) {
            var position = SequenceNumber.start
            while let last = try await store.read(session, after: position).last { position = last.seq }
        }
        try await store.close()
        print(JSONValue.object(JSONObject(figures.map { .init(key: $0, value: BenchmarkReport.number($1)) })).text)
    }

    /// An owner keeps a snapshot beside its work, so it is given some.
    private static func keepSnapshot(of agent: AgentSession, in store: any EventStore) async throws {
        for try await _ in agent.send("Go on.") {}
        let end = ContinuousClock.now + .seconds(120)
        while try await store.snapshot(of: agent.id, kind: "state-1") == nil {
            guard ContinuousClock.now < end else { throw BenchmarkProblem("no snapshot was kept within two minutes") }
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
    }

    private static func first(after position: SequenceNumber, _ store: any EventStore, _ session: SessionID)
        async throws
    {
        var follower = store.follow(session, after: position).makeAsyncIterator()
        guard case .event(let event) = try await follower.next(), event.seq == position.next else {
            throw BenchmarkProblem("another event than \(position.next) came first")
        }
    }
}
