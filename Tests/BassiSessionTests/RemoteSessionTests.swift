import BassiEvents
import BassiModels
import BassiSQLite
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

@testable import BassiSession

/// A session that is owned through one store and reached through another on the same file, as by two processes.
@Suite(.timeLimit(.minutes(2))) struct RemoteSessionTests {
    /// A file with the log, gone when the test ends, and two stores on it.
    private final class Stores {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let owners: SQLiteEventStore
        let others: SQLiteEventStore
        var path: String { url.appendingPathComponent("log.sqlite").path }

        init() throws {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            let path = url.appendingPathComponent("log.sqlite").path
            (owners, others) = (try SQLiteEventStore(path: path), try SQLiteEventStore(path: path))
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func close() async throws {
            try await owners.close()
            try await others.close()
        }
    }

    private static let echo = FunctionTool(
        "echo", description: "", inputSchema: ["type": "object", "properties": ["say": ["type": "string"]]]
    ) { input, _ in .text(input["say"]?.string ?? "") }

    private func agent(_ model: ScriptedModel) -> AgentConfiguration {
        var configuration = AgentConfiguration(model: "demo", tools: [Self.echo], folder: "/", environment: [:])
        configuration.providers = model.registry()
        configuration.canAsk = true
        return configuration
    }

    private func agent(_ texts: String...) -> AgentConfiguration {
        agent(ScriptedModel(texts.map { ScriptedAnswer(text: $0) }))
    }

    private func prompts(_ store: any EventStore, _ session: SessionID) async throws -> [PromptReceived] {
        try await store.read(session, types: [.promptReceived], limit: 100).compactMap {
            if case .promptReceived(let prompt) = $0.payload { prompt } else { nil }
        }
    }

    @Test func `a prompt of another process is answered as one of the owner's`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One.", "Two."), store: stores.owners)
        for try await _ in session.send("first") {}
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        var events: [Event] = []
        for try await event in remote.send(Prompt("second")) { events.append(event) }
        #expect(EventList.lines(of: events).first == "prompt_received")
        #expect(EventList.lines(of: events).last == "run_completed completed")
        #expect(try await stores.others.verify(session.id) == nil)
        try await session.close()
        try await stores.close()
    }

    @Test func `a prompt sent again with its key gets the first receipt and starts nothing`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        let prompt = Prompt([.text("once")], idempotencyKey: "key")
        let first = try await remote.prompt(prompt)
        #expect(try await remote.prompt(prompt) == first)
        // Also by the owner's own client, whose record is the log.
        #expect(try await session.prompt(prompt) == first)
        for try await _ in remote.send(prompt) {}
        #expect(try await prompts(stores.others, session.id).count == 1)
        try await session.close()
        // The record holds without an owner too.
        #expect(try await remote.prompt(prompt) == first)
        try await stores.close()
    }

    @Test func `what the owner refuses, the sender is told, and the same again is told the same`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        for _ in 0..<2 {
            await #expect(throws: SessionError.emptyPrompt) {
                try await remote.prompt(Prompt([.text(" ")], idempotencyKey: "empty"))
            }
        }
        let request = RequestID("nobody-asked")
        await #expect(throws: SessionError.alreadyAnswered(request)) {
            try await remote.answer(request, PermissionAnswer(.allow))
        }
        try await remote.cancel()
        try await remote.resume()
        try await session.close()
        try await stores.close()
    }

    @Test func `a permission is answered from another process`() async throws {
        let stores = try Stores()
        let model = ScriptedModel([
            ScriptedAnswer(tools: [ScriptedCall("echo", ["say": "hello"])]), ScriptedAnswer(text: "Done."),
        ])
        let session = try await AgentSession.start(agent(model), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        var events: [Event] = []
        for try await event in remote.send(Prompt("Echo.")) {
            events.append(event)
            guard case .permissionRequested(let question) = event.payload else { continue }
            try await remote.answer(question.requestID, PermissionAnswer(.allow, client: "elsewhere"))
        }
        #expect(
            EventListTests.inTheMiddle(events) == [
                "permission_requested echo", "permission_resolved allow user", "tool_call_started echo",
                "tool_call_completed echo",
            ])
        try await session.close()
        try await stores.close()
    }

    @Test func `a question is answered from another process, and a wrong answer is told why`() async throws {
        let stores = try Stores()
        let input: JSONValue = ["questions": [["text": "Which?", "options": [["label": "a"], ["label": "b"]]]]]
        let model = ScriptedModel([
            ScriptedAnswer(tools: [ScriptedCall("ask_user", input)]), ScriptedAnswer(text: "Done."),
        ])
        var configuration = agent(model)
        configuration.tools = [.askUser]
        let session = try await AgentSession.start(configuration, store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        var events: [Event] = []
        for try await event in remote.send(Prompt("Ask.")) {
            events.append(event)
            guard case .questionAsked(let asked) = event.payload else { continue }
            let sentence = SessionError.invalidAnswer("there is no question 'x'; there are: q1").description
            await #expect(throws: SessionError.refused(sentence)) {
                try await remote.answer(asked.requestID, QuestionAnswer(["x": "a"]))
            }
            try await remote.answer(asked.requestID, QuestionAnswer(["q1": "b"], client: "elsewhere"))
            await #expect(throws: SessionError.alreadyAnswered(asked.requestID)) {
                try await session.answer(asked.requestID, QuestionAnswer(["q1": "a"]))
            }
        }
        #expect(EventList.lines(of: events).contains("tool_call_completed ask_user"))
        try await session.close()
        try await stores.close()
    }

    @Test func `a cancel of another process ends the run`() async throws {
        let stores = try Stores()
        let model = ScriptedModel([ScriptedAnswer(tools: [ScriptedCall("echo", ["say": "hello"])])])
        let session = try await AgentSession.start(agent(model), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        var events: [Event] = []
        for try await event in remote.send(Prompt("Echo.")) {
            events.append(event)
            if case .permissionRequested = event.payload { try await remote.cancel(reason: "enough") }
        }
        #expect(EventList.lines(of: events).last == "run_cancelled enough")
        try await session.close()
        try await stores.close()
    }

    @Test func `without an owner the sender is told so, and nothing is stored`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        try await session.close()
        await #expect(throws: SessionError.notOwned(session.id)) { try await remote.prompt(Prompt("hello")) }
        await #expect(throws: SessionError.notOwned(session.id)) {
            try await RemoteSession.attach(session.id, store: stores.others)
        }
        let nobody = SessionID()
        await #expect(throws: SessionError.unknownSession(nobody)) {
            try await RemoteSession.attach(nobody, store: stores.others)
        }
        #expect(try await stores.others.pendingCommands(of: session.id, after: 0, limit: 9).isEmpty)
        try await stores.close()
    }

    @Test func `an owner that does not answer is waited for until the deadline, and the next takes the command`()
        async throws
    {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        try await session.close()
        let lease = try await stores.owners.acquireLease(of: session.id)
        let remote = try await RemoteSession.attach(session.id, store: stores.others, deadline: .milliseconds(200))
        let prompt = Prompt([.text("hello")], idempotencyKey: "key")
        do {
            _ = try await remote.prompt(prompt)
            Issue.record("nobody can have answered")
        } catch let error as SessionError {
            guard case .stored = error else { throw error }
        }
        await stores.owners.releaseLease(lease)
        let next = try await AgentSession.open(session.id, agent("Two."), store: stores.owners)
        let patient = try await RemoteSession.attach(session.id, store: stores.others)
        for try await _ in patient.send(prompt) {}
        #expect(try await prompts(stores.others, session.id).count == 1)
        try await next.close()
        try await stores.close()
    }

    @Test func `the death of the owner ends a wait for its answer and a wait for its events`() async throws {
        let stores = try Stores()
        let model = ScriptedModel([ScriptedAnswer(tools: [ScriptedCall("echo", ["say": "hello"])])])
        let session = try await AgentSession.start(agent(model), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        do {
            for try await event in remote.send(Prompt("Echo.")) {
                // A lease that is let go, with the run open, is what a death looks like.
                if case .permissionRequested = event.payload {
                    let row = try await stores.others.session(session.id)
                    #expect(row?.hasOwner == true)
                    try await stores.owners.close()
                    await stores.owners.releaseLease(Lease(session: session.id, epoch: 1))
                }
            }
            Issue.record("the run cannot have ended")
        } catch let error as SessionError {
            guard case .ended = error else { throw error }
        }
        try await stores.others.close()
    }

    @Test func `a command that was appended and not completed is not run again by the next owner`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        for try await _ in session.send(Prompt([.text("once")], idempotencyKey: "key")) {}
        let receipt = try await session.prompt(Prompt([.text("once")], idempotencyKey: "key"))
        try await session.close()
        // As a crash between the two leaves it.
        let body = SessionCommand.prompt(Prompt("once")).encoded(Redactor())
        try await stores.others.submit("key", body, to: session.id)
        let next = try await AgentSession.open(session.id, agent(), store: stores.owners)
        let result = try await stores.others.waitForResult(of: "key", in: session.id)
        #expect(CommandReply(result) == .receipt(receipt))
        #expect(try await prompts(stores.others, session.id).count == 1)
        try await next.close()
        try await stores.close()
    }

    @Test func `a cancel for an earlier owner does not end the run of the next`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        for try await _ in session.send("first") {}
        try await session.close()
        let head = try await #require(try stores.others.head(of: session.id))
        let body = SessionCommand.cancel(reason: "late", head: head).encoded(Redactor())
        try await stores.others.submit("late", body, to: session.id)
        let model = ScriptedModel([ScriptedAnswer(tools: [ScriptedCall("echo", ["say": "hello"])])])
        let next = try await AgentSession.open(session.id, agent(model), store: stores.owners)
        for try await event in next.send("second") {
            guard case .permissionRequested = event.payload else { continue }
            let result = try await stores.others.waitForResult(of: "late", in: session.id)
            #expect(CommandReply(result) == .done)
            #expect(await next.openRun() != nil)
            try await next.cancel(reason: "now")
        }
        try await next.close()
        try await stores.close()
    }

    @Test func `what others sent is answered before the owner finishes`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One.", "Two."), store: stores.owners)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        let first = session.send("first").makeAsyncIterator()
        var events = first
        _ = try await events.next()
        let receipt = try await remote.prompt(Prompt("second"))
        try await session.finish()
        let last = try await stores.others.read(session.id, run: receipt.runID, limit: 1000).last
        #expect(last.map { EventList.lines(of: [$0]) } == ["run_completed completed"])
        try await stores.close()
    }

    @Test func `three senders at once are all answered, and nothing is lost or doubled`() async throws {
        let stores = try Stores()
        let answers = (0..<30).map { ScriptedAnswer(text: "\($0)") }
        let session = try await AgentSession.start(agent(ScriptedModel(answers)), store: stores.owners)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<3 {
                let (path, id) = (stores.path, session.id)
                group.addTask {
                    let store = try SQLiteEventStore(path: path)
                    let remote = try await RemoteSession.attach(id, store: store)
                    for number in 0..<10 {
                        var last: Event?
                        let prompt = Prompt([.text("\(sender).\(number)")], idempotencyKey: "\(sender).\(number)")
                        for try await event in remote.send(prompt) { last = event }
                        #expect(last?.payload.type == "run_completed")
                    }
                    try await store.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Set(prompts(stores.others, session.id).map(\.idempotencyKey)).count == 30)
        #expect(try await prompts(stores.others, session.id).count == 30)
        try await session.close()
        try await stores.close()
    }

    @Test func `a cancelled wait ends at once, and the command stays`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        try await session.close()
        let lease = try await stores.owners.acquireLease(of: session.id)
        let remote = try await RemoteSession.attach(session.id, store: stores.others)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await remote.prompt(Prompt("hello")) }
            try await stores.others.waitForCommands(in: session.id, after: 0)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(try await stores.others.pendingCommands(of: session.id, after: 0, limit: 9).count == 1)
        await stores.owners.releaseLease(lease)
        try await stores.close()
    }

    @Test func `secrets are taken out of a command before it is stored`() async throws {
        let stores = try Stores()
        let session = try await AgentSession.start(agent("One."), store: stores.owners)
        try await session.close()
        let lease = try await stores.owners.acquireLease(of: session.id)
        let remote = try await RemoteSession.attach(
            session.id, store: stores.others, redactor: Redactor(secrets: [("KEY", "very-secret-value")]),
            deadline: .milliseconds(1))
        _ = try? await remote.prompt(Prompt("use very-secret-value"))
        let body = try await stores.others.pendingCommands(of: session.id, after: 0, limit: 1).first?.body ?? []
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains("[redacted:KEY]") && !text.contains("very-secret-value"))
        await stores.owners.releaseLease(lease)
        try await stores.close()
    }

    @Test func `commands and replies come back as they were written`() throws {
        let answer = PermissionAnswer(
            .allow, scope: .session, rule: "Bash(ls)", input: ["a": 1], reason: "why", stopsRun: true, client: "page")
        let commands: [SessionCommand] = [
            .prompt(Prompt([.text("x")], whenBusy: .steer, idempotencyKey: "k")), .prompt(Prompt("x")),
            .cancel(reason: "r", head: SequenceNumber(7)), .answer(RequestID("q"), answer), .resume,
            .answerQuestion(RequestID("q"), QuestionAnswer(["q1": "x", "q2": ["y", "z"]], client: "page")),
        ]
        for command in commands { #expect(SessionCommand(command.encoded(Redactor())) == command) }
        let replies: [CommandReply] = [
            .receipt(PromptReceipt(runID: RunID(), seq: SequenceNumber(3))), .done, .failed(.busy),
            .failed(.emptyPrompt), .failed(.alreadyAnswered(RequestID("q"))), .failed(.refused("no")),
        ]
        for reply in replies { #expect(CommandReply(reply.encoded) == reply) }
        #expect(SessionCommand(Array("{\"op\":\"dance\"}".utf8)) == nil && SessionCommand([1]) == nil)
    }
}
