import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

@testable import BassiSession

/// What a session knows of files, over a resume, a crash and a cancel.
@Suite struct FileMemoryTests {
    private func failures(_ events: [Event]) -> [String] {
        events.compactMap { if case .toolCallFailed(let call) = $0.payload { call.error.type } else { nil } }
    }

    private static let write = ScriptedCall("write_file", ["path": "a", "content": "mine"])
    private static let read = ScriptedCall("read_file", ["path": "a"])

    /// A run that reads `a`, and its session closed.
    private func readOnce(_ place: WorkFolder) async throws -> SessionID {
        try place.write("old!", "a")
        let answers = [ScriptedAnswer(tools: [Self.read]), ScriptedAnswer(text: "Done.")]
        let session = try await AgentSession.start(place.agent(answers), store: place.store)
        for try await _ in session.send("Read.") {}
        try await session.close()
        return session.id
    }

    @Test(arguments: [false, true]) func `a file that changed while the session was closed is not overwritten`(
        _ hasSnapshot: Bool
    ) async throws {
        try await WorkFolder.with { place in
            let id = try await readOnce(place)
            if hasSnapshot { _ = try await OpenedSession.keepSnapshot(of: id, in: place.store) }
            // As long as before.
            try place.write("new!", "a")
            let answers = [
                ScriptedAnswer(tools: [Self.write]), ScriptedAnswer(tools: [Self.read]),
                ScriptedAnswer(tools: [Self.write]), ScriptedAnswer(text: "Done."),
            ]
            let session = try await AgentSession.open(id, place.agent(answers), store: place.store)
            for try await _ in session.send("Write.") {}
            try await session.close()
            let events = try await place.events(id)
            #expect(failures(events) == ["file_changed"])
            #expect(place.text("a") == "mine")
            let seen = events.compactMap { event -> [SeenFile]? in
                if case .toolCallCompleted(let call) = event.payload { call.files } else { nil }
            }
            #expect(seen.count == 3 && seen.allSatisfy { $0.map(\.path) == [place.folder.path + "/a"] })
            #expect(seen.last?.first?.sha256 == BlobName(of: Array("mine".utf8)).description)
        }
    }

    @Test func `a file that did not change is overwritten after a resume`() async throws {
        try await WorkFolder.with { place in
            let id = try await readOnce(place)
            let answers = [ScriptedAnswer(tools: [Self.write]), ScriptedAnswer(text: "Done.")]
            let session = try await AgentSession.open(id, place.agent(answers), store: place.store)
            for try await _ in session.send("Write.") {}
            try await session.close()
            #expect(try await failures(place.events(id)).isEmpty && place.text("a") == "mine")
        }
    }

    // MARK: - A crash

    /// What a resumed session does after a kill right behind the start of `write_file`, with the file as it is by then.
    private func resumed(_ place: WorkFolder, before: String?, after: String?) async throws -> [Event] {
        if let before { try place.write(before, "a") }
        let answers = [ScriptedAnswer(tools: [Self.write]), ScriptedAnswer(text: "Done.")]
        let session = try await AgentSession.start(place.agent(answers), store: place.store)
        for try await _ in session.send("Write.") {}
        try await session.close()
        let log = try await place.events(session.id)
        let started = try #require(
            log.firstIndex { if case .toolCallStarted = $0.payload { true } else { false } })
        try? FileManager.default.removeItem(at: place.folder.appendingPathComponent("a"))
        if let after { try place.write(after, "a") }
        let specification = SessionSpecification(
            answers: [ScriptedAnswer(text: "I see.")], tools: [.writeFile], folder: place.folder.path
        ).given(
            log.prefix(started + 1).map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
        ).whenResumed()
        return try await specification.events()
    }

    @Test func `a write that a crash cut off runs again where the file is as it was, or as it would be`() async throws {
        for (before, after) in [("old", "old"), (nil, nil), ("old", "mine"), (nil, "mine")] as [(String?, String?)] {
            try await WorkFolder.with { place in
                let events = try await resumed(place, before: before, after: after)
                let lines = EventList.lines(of: events)
                #expect(lines.contains("tool_call_started write_file attempt 2"), "\(lines)")
                #expect(failures(events).isEmpty, "\(lines)")
                #expect(place.text("a") == "mine")
                // Told once: by the second attempt, or before it, of what the first had written.
                #expect(lines.count { $0.hasPrefix("file_changed") } == 1)
            }
        }
    }

    @Test func `a write that a crash cut off is in doubt where somebody else has changed the file`() async throws {
        for (before, after) in [("old", "theirs"), (nil, "theirs"), ("old", nil)] as [(String?, String?)] {
            try await WorkFolder.with { place in
                let events = try await resumed(place, before: before, after: after)
                let ends = events.compactMap { event -> ToolCallFailed? in
                    if case .toolCallFailed(let call) = event.payload { call } else { nil }
                }
                #expect(ends.map(\.outcome) == [.inDoubt])
                #expect(ends.first?.error.message.contains("somebody else has changed it") == true)
                #expect(place.text("a") == after)
            }
        }
    }

    @Test func `a call that runs again opens what was decided about, not what a link leads to by then`() async throws {
        try await WorkFolder.with { place in
            let folder = place.folder
            for name in ["real", "other"] {
                try FileManager.default.createDirectory(
                    at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
            }
            let link = folder.appendingPathComponent("to").path
            #expect(symlink("real", link) == 0)
            let started = ToolCallStarted(
                toolID: "t", toolName: "write_file", toolInput: ["path": "to/a", "content": "mine"],
                effect: .idempotent, reach: .folder, attempt: 1,
                places: [CallPlace(path: "to/a", place: folder.path + "/real/a", before: CallPlace.absent)])
            #expect(unlink(link) == 0 && symlink("other", link) == 0)
            let run = RunID()
            let log: [EventPayload] = [
                .sessionStarted(SessionStarted(metadata: SessionMetadata(cwd: folder.path, bassiVersion: "0"))),
                .promptReceived(
                    PromptReceived(
                        content: [.text("Go.")], source: PromptSource(client: "c"), planMode: false, delivery: .start)),
                .runStarted(RunStarted(model: "demo", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)),
                .toolCallStarted(started),
            ]
            _ = try await SessionSpecification(
                answers: [ScriptedAnswer(text: "ok")], tools: [.writeFile], folder: folder.path
            ).given(log.map { EventDraft($0, runID: run) }).whenResumed().events()
            #expect(place.text("real/a") == "mine" && place.text("other/a") == nil)
        }
    }

    @Test func `an answer is about what was asked, also when a link has changed and another owner takes it`()
        async throws
    {
        try await WorkFolder.with { place in
            let link = try place.makeLinkedFolders()
            let call = ScriptedCall("write_file", ["path": "to/a", "content": "model's"])
            var configuration = place.agent([ScriptedAnswer(tools: [call]), ScriptedAnswer(text: "ok")])
                .beforeTool { call in
                    call.input["content"] == "model's" ? .modify(["path": "to/a", "content": "mine"]) : .ask()
                }
            configuration.permissionMode = .ask
            configuration.canAsk = true
            let session = try await AgentSession.start(configuration, store: place.store)
            var log: [EventDraft] = []
            for try await event in session.send("Write.") {
                guard case .permissionRequested(let question) = event.payload else { continue }
                #expect(question.places.map(\.place) == [place.folder.path + "/real/a"])
                log = try await place.events(session.id).map {
                    EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq)
                }
                let answer = PermissionResolved(
                    requestID: question.requestID, decision: .allow, scope: .once, by: Actor(kind: .user))
                log.append(EventDraft(.permissionResolved(answer), runID: event.runID))
                try await session.cancel(reason: "killed")
            }
            try await session.close()
            #expect(unlink(link) == 0 && symlink("other", link) == 0)
            _ = try await SessionSpecification(
                answers: [ScriptedAnswer(text: "ok")], tools: [.writeFile], folder: place.folder.path
            ).given(log).whenResumed().events()
            #expect(place.text("real/a") == "mine" && place.text("other/a") == nil)
        }
    }

    // MARK: - A cancel

    @Test(arguments: [false, true])
    func `a call that outlives a cancel, or the session, still says what it did to files`(
        _ closes: Bool
    ) async throws {
        try await WorkFolder.with { place in
            let (begun, gate) = (Meeting(of: 2), Meeting(of: 2))
            let deaf = FunctionTool("deaf", description: "") { _, _ in
                await begun.arrive()
                await gate.arrive()
                var result = ToolResult.text("late")
                result.changes = [FileChange(path: "a", existed: false, before: nil, after: Array("late".utf8))]
                return result
            }
            let answers = [ScriptedAnswer(tools: [ScriptedCall("deaf", [:])]), ScriptedAnswer(text: "ok")]
            var configuration = place.agent(answers, more: [deaf])
            configuration.clock = ImmediateClock()
            let session = try await AgentSession.start(configuration, store: place.store)
            var run: RunID?
            for try await event in session.send("Go.") {
                run = event.runID ?? run
                guard case .toolCallStarted = event.payload else { continue }
                await begun.arrive()
                try await session.cancel(reason: "enough")
            }
            if closes {
                async let closed: Void = session.close()
                await gate.arrive()
                try await closed
            } else {
                await gate.arrive()
                while try await changes(place, session.id).isEmpty { await Task.yield() }
                try await session.close()
            }
            let changes = try await changes(place, session.id)
            #expect(changes.map(\.runID) == [run])
            _ = try await LogRules.check(place.events(session.id))
        }
    }

    private func changes(_ place: WorkFolder, _ id: SessionID) async throws -> [Event] {
        try await place.store.read(id, types: [.fileChanged], limit: 10)
    }
}

extension WorkFolder {
    fileprivate func events(_ session: SessionID) async throws -> [Event] { try await store.read(session, limit: .max) }
}
