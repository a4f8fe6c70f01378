import BassiProcess
import Foundation
import Synchronization
import Testing

extension ProcessTests {
    @Suite struct Output {
        @Test func `both streams are read and kept apart`() async throws {
            let output = try await run("echo one; echo two >&2; echo three")
            #expect(output.ending == .exited(0))
            #expect(output.text == "one\nthree\n")
            #expect(output.errorText == "two\n")
        }

        @Test func `a command sees its arguments, its environment and its folder, and nothing else`() async throws {
            let command = ProcessCommand(
                executable: "/usr/bin/env",
                arguments: ["-u", "GONE", "/bin/sh", "-c", "env; pwd; echo \"$0|$1\"", "a b", "*"],
                environment: ["B": "2 = x", "A": "ä"], workingDirectory: "/usr")
            let output = try await ChildProcess.collect(command, outputBytesMax: 1000)
            let lines = output.text.split(separator: "\n")
            #expect(
                lines.filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("_=") } == ["A=ä", "B=2 = x", "/usr", "a b|*"])
        }

        @Test func `bytes come as they were written`() async throws {
            let output = try await run(#"printf '\000\377\303\r\n'"#)
            #expect(output.standardOutput == [0, 255, 0xC3, 13, 10])
        }

        @Test func `output is cut at the limit and counted to the end`() async throws {
            let command = shell("head -c 300000 /dev/zero; head -c 200001 /dev/zero >&2")
            let output = try await ChildProcess.collect(command, outputBytesMax: 100_000)
            #expect(output.ending == .exited(0))
            #expect(output.standardOutput.count == 100_000)
            #expect(output.standardError.count == 100_000)
            #expect(output.standardOutputTotalBytes == 300_000)
            #expect(output.standardErrorTotalBytes == 200_001)
        }

        @Test(arguments: [(4, 4), (5, 5), (6, 5)])
        func `exactly the limit is kept`(_ written: Int, _ kept: Int) async throws {
            let command = shell("head -c \(written) /dev/zero")
            let output = try await ChildProcess.collect(command, outputBytesMax: 5)
            #expect(output.standardOutput.count == kept)
            #expect(output.standardOutputTotalBytes == written)
        }

        @Test func `a slow reader stops the writer and gets ten megabytes whole`() async throws {
            let received = Mutex(0)
            let first = Said()
            let ending = try await ChildProcess.run(shell("echo $$; exec head -c 10000000 /dev/zero")) { _, bytes in
                received.withLock { $0 += bytes.count }
                guard first.lineCount == 0 else { return }
                first.append(bytes)
                let pid = try #require(first.pids.first)
                // It sleeps: it cannot write any more although it has hardly begun.
                try await eventually { Proc.state(of: pid) == "S" && Proc.writtenBytes(of: pid) > 50_000 }
                #expect(Proc.writtenBytes(of: pid) < 200_000)
            }
            #expect(ending == .exited(0))
            #expect(received.withLock(\.self) == 10_000_000 + first.text.utf8.count { $0 >= 10 && $0 != 0 })
        }

        @Test func `the reader is called by one stream at a time`() async throws {
            let busy = Mutex(false)
            _ = try await ChildProcess.run(shell("for i in 1 2 3 4 5 6; do echo a; echo b >&2; done")) { _, _ in
                #expect(
                    busy.withLock { busy in
                        defer { busy = true }; return !busy
                    })
                await Task.yield()
                busy.withLock { $0 = false }
            }
        }

        @Test func `output written just before the end is delivered`() async throws {
            for _ in 0..<20 {
                let output = try await run("head -c 60000 /dev/zero; exit 7")
                #expect(output.standardOutputTotalBytes == 60_000)
                #expect(output.ending == .exited(7))
            }
        }

        @Test(.enabled(if: access("/usr/bin/perl", X_OK) == 0))
        func `output in a pipe that the command made larger is delivered`() async throws {
            // F_SETPIPE_SZ: more than one portion is left when the command is gone.
            let script = #"syswrite(STDOUT, "$$\n"); fcntl(STDOUT, 1031, 1048576); syswrite(STDOUT, "x" x 900000)"#
            let command = ProcessCommand(executable: "/usr/bin/perl", arguments: ["-e", script], workingDirectory: "/")
            let said = Said()
            let ending = try await ChildProcess.run(command) { _, bytes in
                said.append(bytes)
                let pid = try #require(said.pids.first)
                try await eventually { !isAlive(pid) }
            }
            #expect(ending == .exited(0))
            #expect(said.text.count { $0 == "x" } == 900_000)
        }

        @Test func `a process that nobody waits for may finish its output`() async throws {
            // As bash does it for `> >(sort)`: the reader of a pipe outlives the shell a little.
            let output = try await run("(printf 'b\\na\\n' | sort) & exit 0")
            #expect(output.text == "a\nb\n")
        }
    }

    @Suite struct Input {
        @Test func `without input there is an empty one`() async throws {
            #expect(try await run("cat; echo end").text == "end\n")
        }

        @Test func `input larger than a pipe is read to its end`() async throws {
            let input = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let output = try await run("cat", input: input)
            #expect(output.ending == .exited(0))
            #expect(output.standardOutput == input)
        }

        @Test func `a command that does not read its input ends all the same`() async throws {
            let output = try await run("exec 0<&-; echo done", input: [UInt8](repeating: 1, count: 1_000_000))
            #expect(output.ending == .exited(0))
            #expect(output.text == "done\n")
        }
    }
}
