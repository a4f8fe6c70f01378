import BassiProcess
import Foundation
import Testing

extension ProcessTests {
    @Suite struct Failures {
        private func failure(of command: ProcessCommand) async throws -> ProcessFailure {
            try #require(
                await #expect(throws: ProcessFailure.self) {
                    try await ChildProcess.run(command) { _, _ in Issue.record("output of a command that cannot run") }
                })
        }

        private func withFile(_ content: String, mode: Int, _ body: (String) async throws -> Void) async throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "bassi-\(UUID())").path
            defer { try? FileManager.default.removeItem(atPath: path) }
            try Data(content.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            try await body(path)
        }

        @Test func `a missing program is named`() async throws {
            let failure = try await failure(of: ProcessCommand(executable: "/no/such \"program", workingDirectory: "/"))
            #expect(failure.code == .executableNotFound)
            #expect(
                failure.description
                    == "there is no program \"/no/such \\\"program\": install it, or give the absolute path of another")
        }

        @Test func `a missing folder is named`() async throws {
            var command = shell("true")
            command.workingDirectory = "/no/such/folder"
            let failure = try await failure(of: command)
            #expect(failure.code == .workingDirectoryNotUsable)
            #expect(failure.description.contains("\"/no/such/folder\" cannot be entered: No such file or directory."))
        }

        @Test func `a file that is no program is said to be none`() async throws {
            try await withFile("hello", mode: 0o644) { path in
                let failure = try await failure(of: ProcessCommand(executable: path, workingDirectory: "/"))
                #expect(failure.code == .executableNotUsable)
                #expect(failure.description.contains("Permission denied"))
            }
            try await withFile("hello", mode: 0o755) { path in
                let failure = try await failure(of: ProcessCommand(executable: path, workingDirectory: "/"))
                #expect(failure.code == .executableNotUsable)
                #expect(failure.description.contains("#!/bin/sh"))
            }
        }

        @Test func `a missing interpreter is told from a missing program`() async throws {
            try await withFile("#!/no/such/interpreter\n", mode: 0o755) { path in
                let failure = try await failure(of: ProcessCommand(executable: path, workingDirectory: "/"))
                #expect(failure.code == .executableNotUsable)
                #expect(failure.description.contains("interpreter"))
            }
        }

        @Test func `an argument that is too long says where long texts go`() async throws {
            var command = shell("true")
            command.arguments.append(String(repeating: "x", count: 3_000_000))
            let failure = try await failure(of: command)
            #expect(failure.code == .executableNotUsable)
            #expect(failure.description.contains("standard input"))
        }

        @Test(arguments: [
            ProcessCommand(executable: "sh", workingDirectory: "/"),
            ProcessCommand(executable: "/bin/sh", workingDirectory: "tmp"),
            ProcessCommand(executable: "/bin/sh", workingDirectory: ""),
            ProcessCommand(executable: "/bin/sh\0", workingDirectory: "/"),
            ProcessCommand(executable: "/bin/sh", arguments: ["a\0b"], workingDirectory: "/"),
            ProcessCommand(executable: "/bin/sh", environment: ["A=B": "c"], workingDirectory: "/"),
            ProcessCommand(executable: "/bin/sh", environment: ["": "c"], workingDirectory: "/"),
            ProcessCommand(executable: "/bin/sh", environment: ["A": "secret\0"], workingDirectory: "/"),
        ])
        func `what C cannot say is refused before anything starts`(_ command: ProcessCommand) async throws {
            let failure = try await failure(of: command)
            #expect(failure.code == .invalidCommand)
            #expect(!failure.description.contains("secret"))
        }
    }

    @Suite struct Environment {
        @Test func `secrets are removed and the rest stays`() {
            let kept = ["PATH": "/bin", "TOKENIZER": "a", "API_KEYS": "b", "SECRET_SANTA": "c", "HOME": "/root"]
            let secret = [
                "OPENAI_API_KEY": "1", "GH_TOKEN": "2", "CLIENT_SECRET": "3", "BASSI_LOG_KEY_FILE": "4",
                "PGPASSWORD": "5", "DB_PASSWORD_FILE": "6", "my_api_key": "7",
            ]
            #expect(ChildEnvironment.scrubbed(kept.merging(secret) { $1 }) == kept)
        }
    }
}
