import Testing
@testable import BassiProcess
@Test func `a`() async throws {
    let o = try await ChildProcess.collect(
        ProcessCommand(
            executable: "/bin/sh", arguments: ["-c", "echo hi; echo no >&2; exit 3"], workingDirectory: "/tmp"),
        outputBytesMax: 100)
    print(o, String(decoding: o.standardOutput, as: UTF8.self))
}
