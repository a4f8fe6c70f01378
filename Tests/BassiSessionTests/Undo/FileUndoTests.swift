import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

@testable import BassiSession

/// What tools do to files, in the log, and taken back from there.
@Suite struct FileUndoTests {
    private static let calls = [
        ScriptedCall("write_file", ["path": "new", "content": "made\n"]),
        ScriptedCall("edit_file", ["path": "old", "old_text": "two", "new_text": "2"]),
        ScriptedCall("write_file", ["path": "old", "content": "all\nnew\n"]),
    ]

    @Test func `each change is an event with a diff, and all of them are taken back`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "old")
            let session = try await place.run(Self.calls)
            let changes = try await place.changes(session)
            #expect(changes.map(\.kind) == [.created, .modified, .modified])
            #expect(changes[1].diff == "--- a/old\n+++ b/old\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n")
            #expect(changes[1].afterHash == changes[2].beforeHash)
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.isEmpty)
            #expect(undo.steps.map(\.path) == ["new", "old"])
            try await undo.perform(in: place.store, environment: [:])
            #expect(place.text("new") == nil)
            #expect(place.text("old") == "one\ntwo\n")
            #expect(try await place.changes(session).suffix(2).map(\.kind) == [.deleted, .modified])
            let again = try await FileUndo(session, in: place.store)
            #expect(again.steps.isEmpty && again.conflicts.isEmpty)
        }
    }

    @Test func `an undo can be taken back, and an early change alone`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "old")
            let session = try await place.run(Self.calls)
            let head = try #require(try await place.store.head(of: session))
            try await FileUndo(session, in: place.store).perform(in: place.store, environment: [:])
            try await FileUndo(session, after: head, in: place.store).perform(in: place.store, environment: [:])
            #expect(place.text("new") == "made\n")
            #expect(place.text("old") == "all\nnew\n")
        }
    }

    @Test func `a file that has changed since is a conflict, and nothing of it is lost unasked`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\ntwo\n", "old")
            let session = try await place.run(Self.calls)
            try place.write("mine\n", "old")
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.map(\.description) == ["old: it has changed since"])
            try await undo.perform(in: place.store, environment: [:])
            #expect(place.text("old") == "mine\n")
            try await FileUndo(session, in: place.store).perform(
                overwriting: true, in: place.store, environment: [:])
            #expect(place.text("old") == "one\ntwo\n")
        }
    }

    @Test func `a secret is in no event and no blob, so that file cannot be taken back`() async throws {
        try await WorkFolder.with { place in
            try place.write("key = hunter2hunter2\n", "old")
            let session = try await place.run(
                [ScriptedCall("edit_file", ["path": "old", "old_text": "key", "new_text": "KEY"])],
                environment: ["SOME_API_KEY": "hunter2hunter2"])
            let change = try #require(try await place.changes(session).first)
            #expect(change.snapshot == nil)
            #expect(!change.diff.contains("hunter2"))
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.map(\.reason) == ["it was not kept as it was"])
        }
    }

    @Test func `a secret of several lines is not broken up by a diff`() async throws {
        try await WorkFolder.with { place in
            let secret = "-----first-----\nsecond second\nthird third third"
            try place.write("a\n\(secret)\nb\n", "old")
            let session = try await place.run(
                [ScriptedCall("write_file", ["path": "old", "content": "gone\n"])],
                environment: ["SOME_API_KEY": secret])
            let change = try #require(try await place.changes(session).first)
            #expect(!change.diff.contains("second second"))
            #expect(change.diff.contains("-[redacted:SOME_API_KEY]"))
        }
    }

    @Test func `what others wrote between two changes is a conflict`() async throws {
        try await WorkFolder.with { place in
            try place.write("one\n", "old")
            let session = try await place.run([
                ScriptedCall("write_file", ["path": "old", "content": "two\n"]),
                ScriptedCall("meddle", [:]), ScriptedCall("read_file", ["path": "old"]),
                ScriptedCall("write_file", ["path": "old", "content": "three\n"]),
            ])
            let undo = try await FileUndo(session, in: place.store)
            #expect(undo.conflicts.map(\.description) == ["old: it was changed by others in between"])
        }
    }

    @Test func `what is written after the look is not overwritten`() async throws {
        try await WorkFolder.with { place in
            let session = try await place.run(Array(Self.calls.prefix(1)))
            let undo = try await FileUndo(session, in: place.store)
            try place.write("mine\n", "new")
            await #expect(throws: ToolError.self) { try await undo.perform(in: place.store, environment: [:]) }
            #expect(place.text("new") == "mine\n")
        }
    }

    @Test func `a link that came in after the session, or after the look, leads no undo out of the folder`()
        async throws
    {
        try await WorkFolder.with { place in
            try await WorkFolder.with { outside in
                let sub = place.folder.appendingPathComponent("sub").path
                try FileManager.default.createDirectory(atPath: sub, withIntermediateDirectories: true)
                let session = try await place.run([
                    ScriptedCall("write_file", ["path": "sub/new", "content": "made\n"])
                ])
                // A file with just this content, which an undo that followed the link would take for its own.
                try outside.write("made\n", "new")
                let look = try await FileUndo(session, in: place.store)
                #expect(look.steps.map(\.path) == ["sub/new"])
                #expect(rename(sub, sub + "-moved") == 0 && symlink(outside.folder.path, sub) == 0)
                let error = await #expect(throws: ToolError.self) {
                    try await look.perform(in: place.store, environment: [:])
                }
                #expect(error?.type == "became_a_link")
                let later = try await FileUndo(session, in: place.store)
                #expect(later.steps.isEmpty && later.overwriting.isEmpty)
                #expect(later.conflicts.first?.reason.contains("became a link") == true)
                #expect(outside.text("new") == "made\n" && place.text("sub-moved/new") == "made\n")
            }
        }
    }

    @Test func `what was written through a link is taken back where it is, whatever the link leads to`() async throws {
        try await WorkFolder.with { place in
            let link = try place.makeLinkedFolders()
            let session = try await place.run([ScriptedCall("write_file", ["path": "to/new", "content": "made\n"])])
            #expect(try await place.changes(session).map(\.place) == [place.folder.path + "/real/new"])
            #expect(unlink(link) == 0 && symlink("other", link) == 0)
            try place.write("made\n", "other/new")
            try await FileUndo(session, in: place.store).perform(in: place.store, environment: [:])
            #expect(place.text("real/new") == nil && place.text("other/new") == "made\n")
        }
    }

    @Test func `a file that an undo took away comes back with its mode`() async throws {
        try await WorkFolder.with { place in
            let session = try await place.run(Array(Self.calls.prefix(1)))
            let file = place.folder.appendingPathComponent("new").path
            chmod(file, 0o751)
            let head = try #require(try await place.store.head(of: session))
            try await FileUndo(session, in: place.store).perform(in: place.store, environment: [:])
            #expect(place.text("new") == nil)
            #expect(try await place.changes(session).last?.mode == "751")
            try await FileUndo(session, after: head, in: place.store).perform(in: place.store, environment: [:])
            var status = stat()
            stat(file, &status)
            #expect(status.st_mode & 0o7777 == 0o751 && place.text("new") == "made\n")
        }
    }

    @Test func `a session that somebody runs is left alone`() async throws {
        try await WorkFolder.with { place in
            let session = try await place.run(Self.calls.prefix(1) + [])
            let lease = try await place.store.acquireLease(of: session)
            let undo = try await FileUndo(session, in: place.store)
            await #expect(throws: StoreError.self) { try await undo.perform(in: place.store, environment: [:]) }
            #expect(place.text("new") == "made\n")
            await place.store.releaseLease(lease)
        }
    }
}
