import BassiProcess
import Foundation
import Testing

extension ProcessTests {
    /// Commands that turn against what watches over them.
    @Suite struct Hostile {
        /// Without a supervisor the dead wait for process 1, which takes its time.
        private func isRunning(_ pid: pid_t) -> Bool {
            !["", "Z"].contains(Proc.state(of: pid))
        }

        @Test func `a command that stops its supervisor is ended all the same`() async throws {
            let output = try await run("kill -STOP $PPID; echo $$; sleep 300", .init(timeout: .milliseconds(200)))
            #expect(output.ending == .timedOut)
            #expect(output.pids.count == 1)
            #expect(output.pids.filter(isAlive) == [])
        }

        @Test func `a command that stops its supervisor for ever is killed with it`() async throws {
            let said = Said()
            let start = ContinuousClock.now
            let script = "trap '' TERM; echo $$; while :; do kill -STOP $PPID; done"
            let limits = ProcessLimits(timeout: .milliseconds(100), gracePeriod: .milliseconds(100))
            do {
                let ending = try await ChildProcess.run(shell(script), limits: limits) { _, bytes in said.append(bytes)
                }
                // The supervisor may get its turn between two signals.
                #expect(ending == .timedOut)
            } catch let failure as ProcessFailure {
                #expect(failure.code == .supervisorDied)
            }
            #expect(ContinuousClock.now - start < .seconds(5))
            try await eventually { said.pids.filter(isRunning) == [] }
        }

        @Test func `a command that kills its supervisor dies with it, and that is said`() async throws {
            let said = Said()
            let failure = await #expect(throws: ProcessFailure.self) {
                try await ChildProcess.run(shell("echo $$; kill -KILL $PPID; exec sleep 300")) { _, bytes in
                    said.append(bytes)
                }
            }
            #expect(failure?.code == .supervisorDied)
            try await eventually { said.lineCount == 1 && said.pids.filter(isRunning) == [] }
        }

        @Test func `a command has three open files and no terminal`() async throws {
            // The list itself is read through one more.
            #expect(try await run("ls /proc/self/fd").text.split(separator: "\n").count == 4)
            #expect(try await run("exec 3</dev/tty").ending != .exited(0))
        }

        @Test(.enabled(if: getuid() != 0, "root may read everything"))
        func `a command cannot read the memory of its supervisor`() async throws {
            let output = try await run("cat /proc/$PPID/environ")
            #expect(output.ending == .exited(1))
            #expect(output.standardOutput == [])
        }

        @Test func `signals to the program's group do not reach a command`() async throws {
            let fields = try await run("cat /proc/$$/stat").text.split(separator: " ")
            try #require(fields.count > 6)
            // The command leads its own group and session.
            #expect(fields[4] == fields[0])
            #expect(fields[5] == fields[0])
        }
    }
}
