import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// Writing and editing: nothing is lost, nothing is left over, and nothing but files is replaced.
@Suite struct WriteFileTests {
    #if os(Linux)
        @Test func `a file has no name until it is whole, so that nothing is left of one that never was`() async throws
        {
            try await Folder.with { folder in
                let parts = folder.path.split(separator: "/").map { Array($0.utf8) }
                let handle = try #require(try FolderHandle.chain(to: parts).last)
                var (names, isAlone): ([FolderHandle.Name], Bool) = ([[]], false)
                try handle.make(Array("file".utf8)) { descriptor throws(FileFailure) in
                    names = try handle.names(atMost: 9).names
                    isAlone = Foundation.write(descriptor, "whole", 5) == 5
                }
                #expect(names == [] && isAlone)
                #expect(try folder.text("file") == "whole")
                #expect(throws: FileFailure.self) {
                    try handle.make(Array("file".utf8)) { _ throws(FileFailure) in }
                }
                #expect(throws: FileFailure.self) {
                    try handle.make(Array("other".utf8)) { _ throws(FileFailure) in throw FileFailure(code: ENOSPC) }
                }
                #expect(try handle.names(atMost: 9).names == [Array("file".utf8)])
            }
        }
    #endif

    private func write(_ path: String, _ content: String = "new") -> JSONValue {
        ["path": .string(path), "content": .string(content)]
    }

    private func edit(_ old: String, _ new: String, all: Bool = false) -> JSONValue {
        ["path": "a", "old_text": .string(old), "new_text": .string(new), "replace_all": .bool(all)]
    }

    private func status(_ path: String) -> stat {
        var status = stat()
        lstat(path, &status)
        return status
    }

    @Test func `a pipe, a device and a folder are not replaced`() async throws {
        try await Folder.with { folder in
            mkfifo(folder.path + "/pipe", 0o600)
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/null", withDestinationPath: "/dev/null")
            #expect(await folder.failure(.writeFile, write("pipe")) == "not_a_file")
            #expect(await folder.failure(.writeFile, write("null")) == "not_a_file")
            #expect(await folder.failure(.writeFile, write(".")) == "is_folder")
            #expect(await folder.failure(.writeFile, write("a\0b")) == "invalid_input")
            #expect(status(folder.path + "/pipe").st_mode & S_IFMT == S_IFIFO)
            #expect(status("/dev/null").st_mode & S_IFMT == S_IFCHR)
            try #expect(FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["null", "pipe"])
        }
    }

    @Test func `a link is written through, also when what it leads to is not there yet`() async throws {
        try await Folder.with { folder in
            try FileManager.default.createDirectory(atPath: folder.path + "/real", withIntermediateDirectories: true)
            for (name, target) in [("one", "real/x"), ("two", "one"), ("folder", "real")] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder.path)/\(name)", withDestinationPath: target)
            }
            _ = try await folder.call(.writeFile, write("two", "through two"))
            _ = try await folder.call(.writeFile, write("folder/y", "through a folder"))
            try #expect(folder.text("real/x") == "through two" && folder.text("real/y") == "through a folder")
            #expect(status(folder.path + "/one").st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test func `a path under a file is refused, and says why`() async throws {
        try await Folder.with { folder in
            try folder.write("x", to: "file")
            #expect(await folder.failure(.writeFile, write("file/x")) == "not_folder")
            #expect(await folder.failure(.writeFile, write("file/deep/x")) == "not_folder")
            let long = String(repeating: "n", count: 300)
            #expect(await folder.failure(.writeFile, write(long)) == "unknown_place")
            try #expect(FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        }
    }

    @Test func `a new file obeys the mask, an old one keeps its mode and its owner`() async throws {
        try await Folder.with { folder in
            _ = try await folder.call(.writeFile, write("new"))
            let mask = umask(0)
            umask(mask)
            #expect(status(folder.path + "/new").st_mode & 0o7777 == 0o666 & ~mask)
            try folder.write("old", to: "a")
            chmod(folder.path + "/a", 0o640)
            if geteuid() == 0 { chown(folder.path + "/a", 12_345, 54_321) }
            let before = status(folder.path + "/a")
            _ = try await folder.call(.writeFile, write("a"))
            _ = try await folder.call(.editFile, edit("new", "newer"))
            let after = status(folder.path + "/a")
            #expect(after.st_mode == before.st_mode && after.st_uid == before.st_uid && after.st_gid == before.st_gid)
            try #expect(folder.text("a") == "newer")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount")) func `a full disk leaves the old file and nothing else`()
        async throws
    {
        try await Folder.with { folder in
            try FileManager.default.createDirectory(atPath: folder.path + "/disk", withIntermediateDirectories: true)
            let mounted = try await folder.call(
                .unconfined, ["command": "mount -t tmpfs -o size=64k bassi disk; echo $?"])
            guard mounted.hasSuffix("0\n") else { return }
            try folder.write("old", to: "disk/a")
            let large = String(repeating: "x", count: 200_000)
            let failure = await folder.failure(.writeFile, write("disk/a", large))
            let (text, names) = (
                try folder.text("disk/a"), try FileManager.default.contentsOfDirectory(atPath: folder.path + "/disk")
            )
            _ = try await folder.call(.unconfined, ["command": "umount disk"])
            #expect(failure == "disk_full" && text == "old" && names == ["a"])
        }
    }

    @Test func `a file is one file by all its names, and a file that went has changed`() async throws {
        try await Folder.with { folder in
            let context = folder.context(FileMemory())
            try folder.write("one", to: "a")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "a")
            _ = try await folder.call(.readFile, ["path": "link"], context)
            _ = try await folder.call(.writeFile, write("a", "two"), context)
            _ = try await folder.call(.writeFile, write("link", "three"), context)
            try folder.write("somebody else's", to: "a")
            #expect(await folder.failure(.writeFile, write("a"), context) == "file_changed")
            #expect(await folder.failure(.writeFile, write("link"), context) == "file_changed")
            _ = try await folder.call(.readFile, ["path": "a"], context)
            try FileManager.default.removeItem(atPath: folder.path + "/a")
            #expect(await folder.failure(.writeFile, write("a"), context) == "file_changed")
        }
    }

    @Test func `an edit keeps the bytes around it, whatever the line ends`() async throws {
        try await Folder.with { folder in
            for (before, old, new, after) in [
                ("a\r\nb\r\nc", "a\nb", "x\ny", "x\r\ny\r\nc"),
                ("a\r\nb\r\n", "a\r\nb", "x\r\ny\r\nz", "x\r\ny\r\nz\r\n"),
                ("a\nb\n", "a\nb", "x", "x\n"), ("a\nb\r\nc\r\n", "b\nc", "x\ny", "a\nx\r\ny\r\n"),
                ("a\r\nb\nc\n", "b\nc", "x\ny", "a\r\nx\ny\n"), ("a\r\nb\nc\n", "a\nb\nc", "x\ny", "x\r\ny\n"),
                ("a\nb\r\nc\n", "a\nb\nc\n", "", ""), ("a\rb", "a", "x", "x\rb"), ("abc", "b", "", "ac"),
                ("\u{FEFF}a", "a", "b", "\u{FEFF}b"), ("aaa", "aa", "b", "ba"), ("é", "é", "e\u{301}", "e\u{301}"),
                ("a\u{2028}b", "\u{2028}", " ", "a b"), ("👨‍👩‍👧", "👩", "👨", "👨‍👨‍👧"),
            ] {
                try folder.write(before, to: "a")
                _ = try await folder.call(.editFile, edit(old, new))
                let result = try folder.text("a")
                #expect(
                    result.utf8.elementsEqual(after.utf8), "\(result.debugDescription), not \(after.debugDescription)")
            }
            try folder.write("a-a-a", to: "a")
            try #expect(await folder.call(.editFile, edit("a", "aa", all: true)) == "Edited a: 3 places.")
            try #expect(folder.text("a") == "aa-aa-aa")
        }
    }

    @Test func `a failed edit says what is near and changes nothing`() async throws {
        try await Folder.with { folder in
            try folder.write("one\n    two = 2\nthree\n", to: "a")
            let error = await #expect(throws: ToolError.self) {
                try await folder.call(.editFile, edit("\ttwo = 2\n\tmissing", "x"))
            }
            #expect(error?.type == "not_found" && error?.message.contains("Line 2 is near") == true)
            #expect(error?.message.contains("'    two = 2'") == true)
            #expect(await folder.failure(.editFile, edit("   \n\n", "x")) == "not_found")
            #expect(await folder.failure(.editFile, ["path": "b", "old_text": "a", "new_text": "b"]) == "not_found")
            try #expect(folder.text("a") == "one\n    two = 2\nthree\n")
            // Called without the check of its input, the tool still throws and does not stop the program.
            await #expect(throws: ToolError.self) {
                try await EditFileTool().call(edit("", "x"), context: folder.context())
            }
        }
    }
}
