import Foundation
import Testing

/// The promise on which recovery rests, seen from outside: what the program really asks of the system, in order.
@Suite(.timeLimit(.minutes(10))) struct SyncTests {
    @Test func `between the write of tool_call_started and the start of the tool the log is synced`() async throws {
        try await Program.with { program in
            let script = try program.script(
                """
                answers:
                  - tools: [{name: bash, input: {command: "exec /bin/true a-mark"}}]
                  - text: Over.
                """)
            let trace = program.root.appendingPathComponent("trace").path
            let result = try program.shell(
                "strace -f -y -s 65536 -e trace=pwrite64,fdatasync,fsync,execve -o \(trace) "
                    + "$BASSI -p go --script \(script) --allow Bash")
            #expect(result.code == 0, "\(result.errors)")
            let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
            let write = try #require(
                calls.firstIndex {
                    $0.contains("pwrite64") && $0.contains("bassi.sqlite-wal") && $0.contains("tool_call_started")
                })
            let start = try #require(calls.firstIndex { $0.contains("execve(\"/bin/bash\"") && $0.contains("a-mark") })
            #expect(write < start)
            #expect(calls[write..<start].contains { $0.contains("sync(") && $0.contains("bassi.sqlite-wal") })
        }
    }
}
