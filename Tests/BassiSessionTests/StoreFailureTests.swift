import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Synchronization
import Testing

@testable import BassiSession

/// A store that fails, at any append of a run: the client is told, and nothing hangs or stops the program.
@Suite(.timeLimit(.minutes(5))) struct StoreFailureTests {
    private static let failure = StoreError.unusable(path: "log", reason: "the disk is full")

    /// Takes so many appends and fails from then on, as a full disk does. Reading goes on.
    private final class FailingStore: EventStore {
        private let store = MemoryEventStore()
        private let left: Mutex<Int>

        init(appends: Int) { left = Mutex(appends) }

        func append(
            _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion,
            until durability: Durability, under lease: Lease?
        ) async throws -> [Event] {
            let mayAppend = left.withLock { left in
                left -= 1
                return left >= 0
            }
            guard mayAppend else { throw StoreFailureTests.failure }
            return try await store.append(batch, to: session, expecting: version, until: durability, under: lease)
        }

        func acquireLease(of session: SessionID) async throws -> Lease { try await store.acquireLease(of: session) }
        func releaseLease(_ lease: Lease) async { await store.releaseLease(lease) }
        func read(
            _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
        ) async throws -> [Event] {
            try await store.read(session, after: position, where: filter, limit: limit)
        }
        func sessions(limit: Int, offset: Int) async throws -> [StoredSession] {
            try await store.sessions(limit: limit, offset: offset)
        }
        func session(_ session: SessionID) async throws -> StoredSession? { try await store.session(session) }
        func head(of session: SessionID) async throws -> SequenceNumber? { try await store.head(of: session) }
        func waitForEvents(in session: SessionID, after position: SequenceNumber) async throws {
            try await store.waitForEvents(in: session, after: position)
        }
        func close() async throws { await store.close() }
    }

    private func run(appends: Int) async throws {
        let tool = FunctionTool("act", description: "") { _, context in
            try await context.output(.stdout, "acting")
            return .text("done")
        }
        let answers = [
            ScriptedAnswer(text: "one two", tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "three"),
        ]
        var configuration = AgentConfiguration(model: "demo", tools: [tool], folder: "/", environment: [:])
        configuration.providers = ScriptedModel(answers).registry()
        configuration.permissionMode = .bypass
        let store = FailingStore(appends: appends)
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("Go.") {}
        try await session.end()
        // The session is free again.
        _ = try await store.acquireLease(of: session.id)
    }

    @Test func `a store that fails at any append is an error for the client and ends the session`() async throws {
        var failed = 0
        for appends in 0..<40 {
            do { try await run(appends: appends) } catch {
                failed += 1
                #expect("\(error)".contains("the disk is full"), "after \(appends) appends: \(error)")
            }
        }
        #expect(failed > 8 && failed < 40)
    }

    @Test func `closing a session in mid-run waits for its tools and is answered once they have stopped`() async throws
    {
        let clock = ManualClock()
        let tool = FunctionTool("hang", description: "", effect: .pure) { _, _ in
            try await clock.sleep(for: .seconds(1))
            return .text("never")
        }
        var configuration = AgentConfiguration(model: "demo", tools: [tool], folder: "/", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(tools: [ScriptedCall("hang", [:])])]).registry()
        configuration.permissionMode = .bypass
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        for try await event in session.send("Go.") {
            if case .toolCallStarted = event.payload { break }
        }
        try await session.end(reason: "over")
        let lines = EventList.lines(of: try await store.read(session.id)).suffix(3)
        #expect(lines == ["tool_call_failed hang cancelled", "run_cancelled the session was closed", "session_ended"])
    }
}
