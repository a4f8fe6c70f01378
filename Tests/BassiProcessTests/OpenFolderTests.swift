import BassiProcess
import Foundation
import Testing

extension ProcessTests {
    /// A command that starts in an open folder.
    @Suite struct OpenFolderTests {
        @Test func `a command starts in the open folder, whatever its path leads to by then`() async throws {
            let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
                .resolvingSymlinksInPath().path
            defer { try? FileManager.default.removeItem(atPath: base) }
            for name in ["here", "there"] {
                try FileManager.default.createDirectory(atPath: "\(base)/\(name)", withIntermediateDirectories: true)
            }
            let folder = open("\(base)/here", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            try #require(folder >= 0)
            defer { close(folder) }
            #expect(rename("\(base)/here", "\(base)/moved") == 0)
            #expect(symlink("\(base)/there", "\(base)/here") == 0)
            var command = shell("echo x > found; ls /proc/self/fd")
            command.workingDirectory = "\(base)/here"
            command.workingFolder = folder
            let output = try await ChildProcess.collect(command, outputBytesMax: 1000)
            #expect(FileManager.default.fileExists(atPath: "\(base)/moved/found"))
            try #expect(FileManager.default.contentsOfDirectory(atPath: "\(base)/there").isEmpty)
            // The command gets the folder to stand in, not the descriptor: the fourth is that of ls itself.
            #expect(output.text.split(separator: "\n").count <= 4, "\(output.text)")
        }

        @Test func `a descriptor that is no folder is the working directory that cannot be used`() async throws {
            let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            var command = shell("echo never")
            command.workingFolder = file
            let failure = await #expect(throws: ProcessFailure.self) {
                _ = try await ChildProcess.collect(command, outputBytesMax: 1000)
            }
            #expect(failure?.code == .workingDirectoryNotUsable)
        }
    }
}
