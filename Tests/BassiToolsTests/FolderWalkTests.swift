import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// Walking, listing and finding.
@Suite struct FolderWalkTests {
    @Test func `entries come sorted, folders before what is in them, links not followed and git's folder left out`()
        async throws
    {
        try await Folder.with { folder in
            for name in ["b/z", "b/a", "a.txt", "B", ".git/config", "b/.git/HEAD", "c"] {
                try folder.write("", to: name)
            }
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/up", withDestinationPath: "..")
            mkfifo(folder.path + "/pipe", 0o600)
            var found: [FolderWalk.Entry] = []
            var walk = FolderWalk(depthMax: 64, FileWork.Cancellation())
            try walk.run(FilePlace(folder.path, shown: ".")) { entry in
                found.append(entry)
                return true
            }
            #expect(found.map(\.path) == ["B", "a.txt", "b/", "b/a", "b/z", "c", "pipe", "up"])
            #expect(found.filter { $0.kind == .other }.map(\.path) == ["pipe", "up"])
        }
    }

    @Test func `a cancelled walk ends at the next entry`() async throws {
        try await Folder.with { folder in
            for number in 0..<20 { try folder.write("", to: "\(number)") }
            let cancellation = FileWork.Cancellation()
            var walk = FolderWalk(depthMax: 64, cancellation)
            var count = 0
            #expect(throws: CancellationError.self) {
                try walk.run(FilePlace(folder.path, shown: ".")) { _ in
                    count += 1
                    if count == 3 { cancellation.cancel() }
                    return true
                }
            }
            #expect(count == 3)
        }
    }

    @Test func `a cancelled task cancels the work on files that it waits for`() async throws {
        let (begun, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let seen = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await FileWork.run { cancellation in
                    signal.yield()
                    while !cancellation.isCancelled { _ = poll(nil, 0, 1) }
                    return true
                }
            }
            for await _ in begun { break }
            group.cancelAll()
            return try await group.next()
        }
        #expect(seen == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root reads every folder"))
    func `a folder that cannot be read hides only what is in it`() async throws {
        try await Folder.with { folder in
            try folder.write("", to: "a/x")
            try folder.write("", to: "b")
            chmod(folder.path + "/a", 0)
            defer { chmod(folder.path + "/a", 0o700) }
            try #expect(await folder.call(.listFiles, ["depth": 3]) == "a/\nb")
        }
    }

    @Test func `a list has a depth, and what is no folder is refused`() async throws {
        try await Folder.with { folder in
            try folder.write("", to: "a/b/c")
            try #expect(await folder.call(.listFiles, [:]) == "a/")
            try #expect(await folder.call(.listFiles, ["depth": 3]) == "a/\na/b/\na/b/c")
            try #expect(await folder.call(.listFiles, ["path": "a/../a/b"]) == "c")
            #expect(await folder.failure(.listFiles, ["path": "a/b/c"]) == "not_folder")
            #expect(await folder.failure(.listFiles, ["path": "nowhere"]) == "not_found")
            #expect(await folder.failure(.listFiles, ["path": "a\0b"]) == "invalid_input")
            #expect(await folder.failure(.listFiles, ["depth": 21]) == "invalid_input")
            try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
            try #expect(await folder.call(.listFiles, ["path": "empty"]) == "(the folder is empty)")
        }
    }

    @Test func `files are found by braces, below a folder, and from here`() async throws {
        try await Folder.with { folder in
            for name in ["a.c", "a.h", "a.m", "sub/a.c", "sub/deep/b.h"] { try folder.write("", to: name) }
            func find(_ pattern: String, _ path: String = ".") async throws -> String {
                try await folder.call(.findFiles, ["pattern": .string(pattern), "path": .string(path)])
            }
            try #expect(await find("*.{c,h}") == "a.c\na.h\nsub/a.c\nsub/deep/b.h")
            try #expect(await find("./*.c") == "a.c")
            try #expect(await find("sub/**/*.h") == "sub/deep/b.h")
            try #expect(await find("*.h", "sub") == "deep/b.h")
            try #expect(await find("sub") == "(no file matches)")
        }
    }

    @Test func `names that are no text, odd or long do no harm`() async throws {
        try await Folder.with { folder in
            _ = try await folder.call(
                .bash, ["command": "touch -- -x $'\\xff\\xfe' $'\\xcc\\x81acute' \"$(printf 'y%.0s' {1..255})\""])
            let lines = try await folder.call(.findFiles, ["pattern": "*"]).split(separator: "\n")
            #expect(lines.count == 4 && lines.contains("-x"))
            try folder.write("", to: "sub/a\n(the folder is empty)")
            try #expect(await folder.call(.listFiles, ["path": "sub"]) == #""a\n(the folder is empty)""#)
        }
    }
}
