import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// Where a log may lie, and that it stays there.
@Suite struct PlaceTests {
    @Test(arguments: [
        ("nfs4", true), ("cifs", true), ("9p", true), ("fuse.sshfs", true), ("virtiofs", true), ("ext4", false),
        ("tmpfs", false), ("btrfs", false), ("overlay", false), ("fuse.ntfs-3g", false), ("fuseblk", false),
    ]) func `a file system of a network is known by its name`(_ kind: String, _ isShared: Bool) {
        #expect(FileSystem.isShared(kind) == isShared)
    }

    #if os(Linux)
        @Test func `of the mounts above a folder the nearest and last one counts`() {
            let table = """
                22 1 254:0 / / rw,relatime - ext4 /dev/root rw
                30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4
                31 30 254:1 / /home/me/local\\040disk rw shared:1 - xfs /dev/sdb rw
                32 22 0:5 / /mnt rw - tmpfs none rw
                33 32 0:6 / /mnt rw - fuse.sshfs me@server: rw
                """
            #expect(FileSystem.kind(of: "/var", in: table) == "ext4")
            #expect(FileSystem.kind(of: "/homes", in: table) == "ext4")
            #expect(FileSystem.kind(of: "/home/me", in: table) == "nfs4")
            #expect(FileSystem.kind(of: "/home/me/local disk/x", in: table) == "xfs")
            #expect(FileSystem.kind(of: "/mnt/a", in: table) == "fuse.sshfs")
            #expect(FileSystem.kind(of: "/proc") == "proc")
        }
    #endif

    @Test func `a log that is moved away or replaced takes nothing more, and says so`() async throws {
        for replace in [false, true] {
            let (folder, session) = (try LogFolder(), SessionID())
            let store = try SQLiteEventStore(path: folder.log)
            _ = try await store.append([SampleLog.prompt("x")], to: session, expecting: .noStream)
            try FileManager.default.moveItem(atPath: folder.log, toPath: folder.log + ".moved")
            if replace { try Data().write(to: URL(fileURLWithPath: folder.log)) }
            let error = await #expect(throws: StoreError.self) {
                try await store.append([SampleLog.prompt("y")], to: session, expecting: .any)
            }
            #expect(error?.description.contains(replace ? "replaced" : "moved or deleted") == true)
            try await store.close()
        }
    }
}
