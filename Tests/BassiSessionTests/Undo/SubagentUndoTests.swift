import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// What sub-agents did to files is taken back with the session that they worked for.
@Suite struct SubagentUndoTests {
    private static func write(_ path: String, _ text: String) -> ScriptedCall {
        ScriptedCall("write_file", ["path": .string(path), "content": .string(text)])
    }

    /// A session that writes, lets a helper write, which lets another write, and writes again.
    private func family(in place: WorkFolder) -> Family {
        let files: [any Tool] = [.readFile, .writeFile, .editFile]
        return Family(
            [
                ScriptedAnswer(tools: [Self.write("shared", "first\n")]),
                ScriptedAnswer(tools: [Family.task("helper")]),
                ScriptedAnswer(tools: [
                    ScriptedCall("read_file", ["path": "shared"]), Self.write("shared", "third\n"),
                ]), ScriptedAnswer(text: "Thanks."), ScriptedAnswer(tools: [Self.write("later", "late\n")]),
                ScriptedAnswer(text: "Yes."),
            ], tools: files
        )
        .with(
            "helper",
            answers: [
                ScriptedAnswer(tools: [Self.write("shared", "second\n"), Self.write("helped", "by me\n")]),
                ScriptedAnswer(tools: [Family.task("deeper")]), ScriptedAnswer(text: "Whole."),
            ]
        )
        .with("deeper", answers: [ScriptedAnswer(tools: [Self.write("deep", "down\n")]), ScriptedAnswer(text: "So.")])
        .with {
            $0.permissionMode = .bypass
            $0.folder = place.folder.path
            $0.agentDepthMax = 3
        }
    }

    private func files(_ place: WorkFolder) -> [String?] { ["shared", "helped", "deep"].map { place.text($0) } }

    @Test func `a run is taken back with what its sub-agents did, and that can be taken back too`() async throws {
        try await WorkFolder.with { place in
            try place.write("zero\n", "shared")
            let family = family(in: place)
            let session = try await family.run()[0].sessionID
            #expect(files(place) == ["third\n", "by me\n", "down\n"])
            let head = try #require(try await family.store.head(of: session))
            let undo = try await FileUndo(session, in: family.store)
            #expect(undo.conflicts.isEmpty && undo.steps.map(\.path) == ["shared", "helped", "deep"])
            try await undo.perform(in: family.store, environment: [:])
            #expect(files(place) == ["zero\n", nil, nil])
            #expect(try await FileUndo(session, in: family.store).steps.isEmpty)
            try await FileUndo(session, after: head, in: family.store).perform(in: family.store, environment: [:])
            #expect(files(place) == ["third\n", "by me\n", "down\n"])
        }
    }

    @Test func `of a sub-agent that had begun before a position, what came after it is taken back`() async throws {
        try await WorkFolder.with { place in
            let family = family(in: place)
            let events = try await family.run()
            let begun = try #require(events.first(where: { $0.payload.type == "subagent_started" }))
            let undo = try await FileUndo(begun.sessionID, after: begun.seq, in: family.store)
            try await undo.perform(in: family.store, environment: [:])
            #expect(files(place) == ["first\n", nil, nil])
        }
    }

    @Test func `what others wrote between two agents is a conflict, and a later run is not touched`() async throws {
        try await WorkFolder.with { place in
            let family = family(in: place)
            let session = try await family.start()
            for try await _ in session.send("Go.") {}
            for try await _ in session.send("More.") {}
            try await session.close()
            let last = try await FileUndo(session.id, in: family.store)
            #expect(last.steps.map(\.path) == ["later"])
            try place.write("mine\n", "helped")
            let all = try await FileUndo(session.id, after: .start, in: family.store)
            #expect(all.conflicts.map(\.description) == ["helped: it has changed since"])
        }
    }

    @Test func `a sub-agent's session that was deleted by itself takes its changes along`() async throws {
        try await WorkFolder.with { place in
            let family = family(in: place)
            let events = try await family.run()
            let log = try await family.store.read(events[0].sessionID)
            let drafts = log.map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
            let rest = MemoryEventStore()
            _ = try await rest.append(drafts, to: events[0].sessionID, expecting: .noStream)
            let undo = try await FileUndo(events[0].sessionID, in: rest)
            // Its text lies between what the session wrote before and after.
            #expect(undo.conflicts.map(\.description) == ["shared: it was changed by others in between"])
        }
    }
}
