import Foundation
import Synchronization
import Testing

@testable import BassiProcess

extension ProcessTests {
    @Suite struct Ending {
        @Test(arguments: [0, 1, 42, 255])
        func `the exit code is told`(_ code: Int32) async throws {
            #expect(try await run("exit \(code)").ending == .exited(code))
        }

        @Test(arguments: [SIGTERM, SIGKILL, SIGUSR1])
        func `a signal that ended the command is told`(_ signal: Int32) async throws {
            #expect(try await run("kill -\(signal) $$").ending == .signalled(signal))
        }

        @Test func `a signal that the program ignores is not ignored by its commands`() async throws {
            let before = signal(SIGPIPE, SIG_IGN)
            defer { signal(SIGPIPE, before) }
            #expect(try await run("kill -PIPE $$; echo ignored").ending == .signalled(SIGPIPE))
        }

        @Test func `a time-out lets a command tidy up`() async throws {
            let script = "trap 'echo tidy; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
            let output = try await run(script, .init(timeout: .milliseconds(300), gracePeriod: .seconds(20)))
            #expect(output.ending == .timedOut)
            #expect(output.text == "ready\ntidy\n")
        }

        @Test func `a time-out kills a command that ignores SIGTERM, and its children`() async throws {
            let script = "trap '' TERM; sleep 300 & echo $!; echo $$; while :; do sleep 300; done"
            let limits = ProcessLimits(timeout: .milliseconds(200), gracePeriod: .milliseconds(100))
            let start = ContinuousClock.now
            let output = try await run(script, limits)
            #expect(output.ending == .timedOut)
            #expect(output.pids.count == 2)
            #expect(output.pids.filter(isAlive) == [])
            #expect(ContinuousClock.now - start < .seconds(5))
        }

        @Test func `a time-out passes while the reader of the output is slow`() async throws {
            let script = "echo $$; while :; do sleep 300; done"
            let ending = try await ChildProcess.run(shell(script), limits: .init(timeout: .milliseconds(100))) {
                _, bytes in
                let said = Said()
                said.append(bytes)
                let pid = try #require(said.pids.first)
                try await eventually { !isAlive(pid) }
            }
            #expect(ending == .timedOut)
        }

        @Test func `a command that ends before the time-out did not time out`() async throws {
            #expect(try await run("exit 4", .init(timeout: .seconds(60))).ending == .exited(4))
        }

        @Test func `a cancel ends a daemon with a session of its own that ignores SIGTERM`() async throws {
            let daemon =
                "(setsid sh -c 'trap \"\" TERM HUP; (setsid sh -c \"echo \\$\\$; sleep 300\" &) ; echo $$; sleep 300' &)"
            let (ending, pids) = try await cancelled(
                "\(daemon); echo $$; sleep 300", afterLines: 3, .init(gracePeriod: .milliseconds(100)))
            #expect(ending == .cancelled)
            #expect(pids.count == 3)
            #expect(pids.filter(isAlive) == [])
        }

        @Test func `a cancel asks an adopted daemon with SIGTERM first`() async throws {
            let file = FileManager.default.temporaryDirectory.appending(path: "bassi-\(UUID())").path
            defer { try? FileManager.default.removeItem(atPath: file) }
            let daemon =
                "(setsid sh -c 'trap \"echo asked >\(file); exit\" TERM; echo $$; while :; do sleep 0.05; done' &)"
            let (ending, pids) = try await cancelled(
                "\(daemon); sleep 300", afterLines: 1, .init(gracePeriod: .seconds(20)))
            #expect(ending == .cancelled)
            #expect(pids.filter(isAlive) == [])
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "asked\n")
        }

        @Test func `a stopped command gets its chance to tidy up`() async throws {
            let limits = ProcessLimits(timeout: .milliseconds(200), gracePeriod: .seconds(20))
            let output = try await run("trap 'echo tidy; exit 3' TERM; kill -STOP $$", limits)
            #expect(output.ending == .timedOut)
            #expect(output.text == "tidy\n")
        }

        @Test func `a time-out of nothing ends at once`() async throws {
            #expect(try await run("sleep 300", .init(timeout: .zero)).ending == .timedOut)
        }

        @Test(
            arguments: [
                (Duration.zero, Int32(0)), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.seconds(-1), 0),
                (.milliseconds(2500), 2500), (.seconds(Int64.max), 2_000_000_000),
            ] as [(Duration, Int32)])
        func `a duration becomes whole milliseconds`(_ duration: Duration, _ milliseconds: Int32) {
            #expect(duration.boundedMilliseconds == milliseconds)
        }

        @Test func `a task that is cancelled already starts nothing`() async throws {
            let ending = try await withThrowingTaskGroup(of: ProcessEnding.self) { group in
                group.cancelAll()
                group.addTask {
                    try await ChildProcess.run(shell("echo no")) { _, _ in Issue.record("it ran") }
                }
                return try await group.next()
            }
            #expect(ending == .cancelled)
        }

        @Test func `a reader that throws because of the cancel is no failure`() async throws {
            let said = Said()
            let ending = try await withThrowingTaskGroup(of: ProcessEnding.self) { group in
                group.addTask {
                    try await ChildProcess.run(shell("echo $$; sleep 300")) { _, bytes in
                        said.append(bytes)
                        try await eventually { Task.isCancelled }
                        try Task.checkCancellation()
                    }
                }
                try await eventually { said.lineCount == 1 }
                group.cancelAll()
                return try await group.next()
            }
            #expect(ending == .cancelled)
            #expect(said.pids.filter(isAlive) == [])
        }

        @Test func `when the reader throws everything is ended and the error comes out`() async throws {
            struct Full: Error {}
            let said = Said()
            await #expect(throws: Full.self) {
                try await ChildProcess.run(shell("sleep 300 & echo $!; echo $$; sleep 300")) { _, bytes in
                    said.append(bytes)
                    if said.lineCount == 2 { throw Full() }
                }
            }
            #expect(said.pids.count == 2)
            #expect(said.pids.filter(isAlive) == [])
        }
    }

    @Suite struct Leftovers {
        @Test func `what is left after a normal exit is ended`() async throws {
            let script = "sleep 300 & echo $!; (setsid sh -c 'trap \"\" TERM; echo $$; sleep 300' &); sleep 0.1; exit 5"
            let output = try await run(script)
            #expect(output.ending == .exited(5))
            #expect(output.pids.count == 2)
            #expect(output.pids.filter(isAlive) == [])
        }

        @Test func `sessions inside sessions are ended to the last`() async throws {
            let script = """
                deeper() { echo $$; [ $1 -eq 0 ] || setsid sh -c "$2" sh $(($1 - 1)) "$2" & sleep 300; }
                deeper 6 'trap "" TERM; echo $$; [ $1 -eq 0 ] || setsid sh -c "$2" sh $(($1 - 1)) "$2" & sleep 300'
                """
            let (ending, pids) = try await cancelled(script, afterLines: 7, .init(gracePeriod: .milliseconds(50)))
            #expect(ending == .cancelled)
            #expect(pids.count >= 7)
            #expect(pids.filter(isAlive) == [])
        }

        @Test func `processes that keep forking are ended`() async throws {
            // Each one starts the next and exits, in the same group: faster than a list of processes can be read.
            let script = "echo $$; hop() { (hop &) ; }; hop"
            let limits = ProcessLimits(timeout: .milliseconds(200), gracePeriod: .milliseconds(50))
            let output = try await run(script + "; sleep 300", limits)
            #expect(output.ending == .timedOut)
            #expect(output.pids.filter(isAlive) == [])
        }

        @Test func `when the parent's end of the socket closes everything is ended`() async throws {
            let script = "(setsid sh -c 'trap \"\" TERM; echo $$; sleep 300' &); echo $$; sleep 300"
            let child = try await Spawner.spawn(shell(script), .init(gracePeriod: .milliseconds(50)))
            let said = Said()
            try await eventually {
                if case .bytes(let bytes) = Descriptor.look(child.output) { said.append(bytes) }
                return said.lineCount == 2
            }
            // What the kernel does when the program is killed.
            close(child.control)
            try await eventually { said.pids.filter(isAlive) == [] }
            await Spawner.reap(child.supervisor)
            close(child.output)
            close(child.error)
        }
    }
}
