import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// A kill between a call's change of a file and the event that says it: the change is found, and can be taken back.
@Suite struct CutCallTests {
    private static let write = ScriptedCall("write_file", ["path": "sub/file", "content": "written\n"])
    private static let edit = ScriptedCall("edit_file", ["path": "file", "old_text": "two", "new_text": "2"])
    private static let goOn = [ScriptedAnswer(text: "I see.")]

    /// What is left of a run that made this call, when it was killed right after the file was changed.
    private func killed(_ call: ScriptedCall, in place: WorkFolder, _ environment: [String: String] = [:])
        async throws -> SessionID
    {
        let whole = try await place.run([call], environment: environment)
        let log = try await place.store.read(whole)
        let start = try #require(log.firstIndex { $0.payload.type == "tool_call_started" })
        let left = SessionID()
        let drafts = log[...start].map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
        _ = try await place.store.append(drafts, to: left, expecting: .noStream)
        try await place.store.blobs.copyAll(from: whole, to: left)
        return left
    }

    private func goOn(_ session: SessionID, in place: WorkFolder, resuming: Bool) async throws {
        let owner = try await AgentSession.open(session, place.agent(Self.goOn + Self.goOn), store: place.store)
        if resuming { for try await _ in owner.goOn() {} } else { for try await _ in owner.send("And now?") {} }
        try await owner.close()
        _ = try LogRules.check(try await place.store.read(session))
    }

    @Test func `an edit that was cut is in the log once, before its end, and is taken back`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "file")
            let session = try await killed(Self.edit, in: place)
            for resuming in [true, false] { try await goOn(session, in: place, resuming: resuming) }
            let changes = try await place.changes(session)
            #expect(changes.map(\.diff) == ["--- a/file\n+++ b/file\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"])
            #expect(changes.first?.snapshot == changes.first?.beforeHash && changes.first?.inDoubt == nil)
            let lines = EventList.lines(of: try await place.store.read(session))
            let end = try #require(lines.firstIndex(of: "tool_call_failed edit_file in_doubt"))
            #expect(lines[end - 1].hasPrefix("file_changed"))
            try await FileUndo(session, in: place.store).perform(in: place.store, environment: [:])
            #expect(place.text("file") == "one\ntwo\n")
        }
    }

    @Test(arguments: [true, false])
    func `a write that was cut is in the log once, whether it runs again or a new prompt ends it`(resuming: Bool)
        async throws
    {
        try await WorkFolder.with { place in
            let session = try await killed(Self.write, in: place)
            try await goOn(session, in: place, resuming: resuming)
            try await goOn(session, in: place, resuming: false)
            let changes = try await place.changes(session)
            #expect(changes.map(\.kind) == [.created] && changes.map(\.path) == ["sub/file"])
            #expect(changes.first?.inDoubt == nil)
            try await FileUndo(session, in: place.store).perform(in: place.store, environment: [:])
            #expect(place.text("sub/file") == nil)
        }
    }

    @Test func `a call that changed nothing before the kill has no change in the log`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "file")
            let session = try await killed(Self.edit, in: place)
            try place.write("one\ntwo\n", "file")
            try await goOn(session, in: place, resuming: true)
            #expect(try await place.changes(session).isEmpty)
        }
    }

    @Test func `what the call does not make is in doubt, and no undo overwrites it unasked`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "file")
            let session = try await killed(Self.edit, in: place)
            try place.write("mine\n", "file")
            let reason = "file: it was found changed after a crash, maybe by others"
            #expect(try await FileUndo(session, in: place.store).conflicts.map(\.description) == [reason])
            try await goOn(session, in: place, resuming: true)
            #expect(try await place.changes(session).map(\.inDoubt) == [true])
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.map(\.description) == [reason] && undo.steps.isEmpty)
            try await undo.perform(overwriting: true, in: place.store, environment: [:])
            #expect(place.text("file") == "one\ntwo\n")
        }
    }

    @Test func `it is taken back before anybody has gone on with the session`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "file")
            let session = try await killed(Self.edit, in: place)
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.steps.map(\.path) == ["file"] && undo.conflicts.isEmpty)
            try await undo.perform(in: place.store, environment: [:])
            #expect(place.text("file") == "one\ntwo\n")
            try await goOn(session, in: place, resuming: true)
            // The undo is all that there is to say: nothing has changed since the call began.
            #expect(try await place.changes(session).map(\.kind) == [.modified])
            #expect(place.text("file") == "one\ntwo\n")
        }
    }

    @Test func `a file with a secret is not kept, so what was cut is in doubt and stays`() async throws {
        try await WorkFolder.with { place in
            try place.write("key = hunter2hunter2 two\n", "file")
            let session = try await killed(Self.edit, in: place, ["SOME_API_KEY": "hunter2hunter2"])
            let owner = try await AgentSession.open(
                session, place.agent(Self.goOn, ["SOME_API_KEY": "hunter2hunter2"]), store: place.store)
            for try await _ in owner.goOn() {}
            try await owner.close()
            let change = try #require(try await place.changes(session).first)
            #expect(change.snapshot == nil && change.inDoubt == true && !change.diff.contains("hunter2"))
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.map(\.reason) == ["it was not kept as it was"] && undo.overwriting.isEmpty)
        }
    }
}
