import Foundation
import Testing

@testable import BassiProcess

extension ProcessTests {
    /// What a command may take.
    @Suite struct Limits {
        private func limited(_ script: String, _ limits: ResourceLimits) async throws -> CollectedOutput {
            try await run(script, .init(timeout: .seconds(20), resources: limits))
        }

        @Test func `limits are set before the command starts, and cannot be raised`() async throws {
            let limits = ResourceLimits(
                memoryBytes: 1 << 30, fileBytes: 1 << 20, cpuSeconds: 5, openFiles: 20)
            let output = try await limited("ulimit -d; ulimit -f; ulimit -t; ulimit -n; ulimit -c", limits)
            #expect(output.text == "1048576\n2048\n5\n20\n0\n")
        }

        @Test func `a file that grows too large ends its writer`() async throws {
            try await Site.with { site in
                let output = try await limited(
                    "head -c 3000000 /dev/zero >\(site.folder)/f", ResourceLimits(fileBytes: 1 << 20))
                // 128 and SIGXFSZ, or the error where a program ignores that.
                #expect(output.ending == .exited(153) || output.errorText.contains("File too large"))
                let size = try FileManager.default.attributesOfItem(atPath: site.folder + "/f")[.size] as? Int
                #expect(size == 1 << 20)
            }
        }

        @Test func `a process that runs wild is ended`() async throws {
            let output = try await limited("exec sh -c 'while :; do :; done'", ResourceLimits(cpuSeconds: 1))
            #expect(output.ending == .signalled(SIGXCPU))
        }

        @Test func `no more memory than is allowed can be had`() async throws {
            let script = "exec perl -e '$x = \"a\" x 400_000_000; print \"had\"'"
            #expect(try await limited(script, ResourceLimits(memoryBytes: 100 << 20)).text == "")
            #expect(try await limited(script, ResourceLimits()).text == "had")
        }

        @Test func `no more files than are allowed can be open`() async throws {
            let script =
                "exec perl -e 'for (1..50) { open(my $f, \"<\", \"/dev/null\") or die \"$!\\n\"; push @f, $f }'"
            let output = try await limited(script, ResourceLimits(openFiles: 20))
            #expect(output.errorText == "Too many open files\n")
        }

        @Test func `what has more processes than are allowed is ended, with those in sessions of their own`()
            async throws
        {
            let script = "for i in $(seq 60); do setsid sleep 300 & echo $!; done; wait"
            let output = try await limited(script, ResourceLimits(processes: 30))
            #expect(output.ending == .tooManyProcesses)
            #expect(output.pids.count > 1)
            #expect(output.pids.filter(isAlive) == [])
        }

        @Test func `as many processes as are allowed may run, whatever else the machine does`() async throws {
            let script = "for i in $(seq 20); do sleep 0.5 & done; wait; echo $?"
            async let others = limited("for i in $(seq 60); do sleep 0.4 & done; wait", ResourceLimits())
            let output = try await limited(script, ResourceLimits(processes: 30))
            #expect(output.ending == .exited(0))
            #expect(try await others.ending == .exited(0))
        }

        @Test(.enabled(if: Cage.works, "no namespaces here"), arguments: [true, false])
        func `what forks endlessly is ended`(isConfined: Bool) async throws {
            try await Cage.with(.root) { cage in
                // Twice as many each time, and each time takes a moment: without it the count, ten times a second, can come
                // when the whole machine has no number left for another process, and then all other tests fail.
                let script = "bomb() { sleep 0.02; bomb | bomb & }; bomb; sleep $MARK"
                let output = try await cage.run(
                    script, in: isConfined ? cage.sandbox : nil, ResourceLimits(processes: 300))
                #expect(output.ending == .tooManyProcesses)
                #expect(!cage.hasSurvivor)
            }
        }

        @Test(.enabled(if: Cage.works, "no namespaces here"))
        func `what has forked for a while is ended by a time-out too, to the last`() async throws {
            try await Cage.with(.root) { cage in
                let script = "n=0; bomb() { [ $n -lt 9 ] && { n=$((n + 1)); bomb & bomb & }; sleep $MARK; }; bomb"
                let output = try await cage.run(
                    script, in: nil, ResourceLimits(), timeout: .milliseconds(1500))
                #expect(output.ending == .timedOut)
                #expect(!cage.hasSurvivor)
            }
        }

        @Test(.enabled(if: getuid() != 0, "the system does not count root's processes"))
        func `no more processes than are allowed can be started`() async throws {
            let script = """
                exec perl -e 'for (1..100) { my $p = fork; if (!defined $p) { print "refused"; last } if (!$p) { sleep 9 } }
                kill 9, -1'
                """
            try await Site.with { site in
                let output = try await site.run(script, .init(resources: ResourceLimits(processes: 30)))
                #expect(output.text.hasPrefix("refused"))
            }
        }
    }
}
