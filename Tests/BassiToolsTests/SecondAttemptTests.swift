import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// What a session knows of files, and a call that runs again after a crash.
@Suite struct SecondAttemptTests {
    private func hash(_ text: String) -> String { FileText.sha256(Array(text.utf8)) }

    private func context(_ folder: Folder, attempt: Int, before: String?) -> ToolContext {
        ToolContext(
            toolID: "t", folder: folder.path, attempt: attempt,
            recorded: [CallPlace(path: "a", place: folder.path + "/a", before: before)])
    }

    private let input: JSONValue = ["path": "a", "content": "after"]

    @Test func `a write that runs again wants the state before or the state after, else it is in doubt`() async throws {
        try await Folder.with { folder in
            for (before, now, result) in [
                (CallPlace.absent, nil, "Created a (5 bytes)."), (CallPlace.absent, "after", "a has this content"),
                (CallPlace.absent, "theirs", "in_doubt"), (hash("old"), "old", "Overwrote a (5 bytes)."),
                (hash("old"), "after", "a has this content"), (hash("old"), "theirs", "in_doubt"),
                (hash("old"), nil, "in_doubt"), (nil, "old", "in_doubt"), (nil, "after", "a has this content"),
                (nil, nil, "in_doubt"),
            ] as [(String?, String?, String)] {
                try? FileManager.default.removeItem(atPath: folder.path + "/a")
                if let now { try folder.write(now, to: "a") }
                let context = context(folder, attempt: 2, before: before)
                let (said, isDone): (String, Bool)
                do { (said, isDone) = (try await folder.call(.writeFile, input, context), true) } catch {
                    let error = try #require(error as? ToolError)
                    #expect(error.outcome == .inDoubt && error.message.contains("somebody else has changed it"))
                    (said, isDone) = (error.type, false)
                }
                #expect(said.hasPrefix(result), "\(before ?? "-"), \(now ?? "-"): \(said)")
                #expect((try? folder.text("a")) == (isDone ? "after" : now))
            }
        }
    }

    @Test func `a first write wants the state that the log has just been told`() async throws {
        try await Folder.with { folder in
            try folder.write("theirs", to: "a")
            let first = context(folder, attempt: 1, before: hash("old"))
            #expect(await folder.failure(.writeFile, input, first) == "file_changed")
            try #expect(folder.text("a") == "theirs")
            #expect(await folder.failure(.writeFile, input, context(folder, attempt: 1, before: nil)) == nil)
        }
    }

    @Test func `the log is told where the paths of a call lead, and what is there before a write`() async throws {
        try await Folder.with { folder in
            try folder.write("old", to: "sub/a")
            try folder.link("to", to: "sub")
            let executor = ToolExecutor(.builtIn, resolver: folder.resolver)
            func places(_ name: String, _ path: String) async throws -> [CallPlace] {
                var input: JSONObject = ["path": .string(path), "content": "x", "old_text": "a", "new_text": "b"]
                for key in ["content", "old_text", "new_text"] where (name == "write_file") != (key == "content") {
                    input[key] = nil
                }
                let request = try executor.check("t", name: name, input: .object(input))
                return await executor.places(of: request, recorded: []) { String(decoding: $0, as: UTF8.self) }
            }
            let place = folder.path + "/sub/a"
            try #expect(
                await places("write_file", "to/a") == [
                    CallPlace(path: "to/a", place: place, before: hash("old"), snapshot: "old")
                ])
            try #expect(
                await places("write_file", "to/b") == [
                    CallPlace(path: "to/b", place: folder.path + "/sub/b", before: CallPlace.absent)
                ])
            // An edit is not run again, and is to be taken back all the same.
            try #expect(await places("edit_file", "to/a") == places("write_file", "to/a"))
            let reading = try executor.check("t", name: "read_file", input: ["path": "to/a"])
            #expect(
                await executor.places(of: reading, recorded: [], keep: { _ in "kept" }) == [
                    CallPlace(path: "to/a", place: place)
                ])
            try #expect(await places("write_file", "sub") == [CallPlace(path: "sub", place: folder.path + "/sub")])
            let request = try executor.check(
                "t", name: "write_file", input: ["path": "to/a", "content": "x"],
                places: [CallPlace(path: "to/a", place: "/elsewhere/a")])
            #expect(request.resolved.map(\.place) == ["/elsewhere/a"])
            let kept = [CallPlace(path: "to/a", place: "/elsewhere/a", before: "00")]
            #expect(await executor.places(of: request, recorded: kept, keep: { _ in nil }) == kept)
        }
    }

    @Test func `a change of the same size and the same time is a change, and the same bytes are none`() async throws {
        try await Folder.with { folder in
            let context = folder.context(FileMemory())
            try folder.write("aaaa", to: "a")
            var before = stat()
            stat(folder.path + "/a", &before)
            _ = try await folder.call(.readFile, ["path": "a"], context)
            try "aaaa".write(toFile: folder.path + "/a", atomically: true, encoding: .utf8)
            #expect(await folder.failure(.writeFile, ["path": "a", "content": "bbbb"], context) == nil)
            let file = open(folder.path + "/a", O_WRONLY)
            #expect(pwrite(file, "cccc", 4, 0) == 4)
            var times = [before.st_atim, before.st_mtim]
            futimens(file, &times)
            close(file)
            #expect(await folder.failure(.writeFile, ["path": "a", "content": "dddd"], context) == "file_changed")
            try #expect(folder.text("a") == "cccc")
        }
    }

    @Test func `of many files that were seen the latest are kept`() {
        var seen = SeenFiles()
        for number in 0...SeenFiles.filesMax { seen.see("/\(number)", sha256: "\(number)") }
        #expect(seen.count <= SeenFiles.filesMax)
        #expect(seen["/0"] == nil)
        #expect(seen["/\(SeenFiles.filesMax)"] == "\(SeenFiles.filesMax)")
        seen.see("/e\u{301}", sha256: "two")
        #expect(seen["/\u{E9}"] == nil)
        #expect(seen.all.last?.sha256 == "two")
    }
}
