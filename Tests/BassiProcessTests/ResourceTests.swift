import BassiProcess
import Foundation
import Synchronization
import Testing

extension ProcessTests {
    @Suite struct Resources {
        @Test func `fifty commands run at once`() async throws {
            let started = Counter()
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let said = Said()
                        let ending = try await ChildProcess.run(shell("echo begin; cat", input: Array("\(index)".utf8)))
                        {
                            said.append($1)
                            guard said.text == "begin\n" || said.text == "begin\n\(index)" else { throw TooLate() }
                            if said.lineCount == 1 { started.add() }
                            // Nobody goes on before all have begun.
                            try await eventually { started.value >= 50 }
                        }
                        #expect(ending == .exited(0))
                        return said.text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts == Set((0..<50).map { "begin\n\($0)" }))
        }

        @Test func `two hundred commands leave no descriptor and no zombie`() async throws {
            _ = try await run("true")
            let before = Proc.openPipesAndSockets()
            for index in 0..<50 {
                #expect(try await run("cat", input: [1]).ending == .exited(0))
                #expect(try await run("cat >/dev/null; exit 1").ending == .exited(1))
                _ = try? await ChildProcess.run(ProcessCommand(executable: "/none", workingDirectory: "/")) { _, _ in }
                #expect(try await run("sleep 300", .init(timeout: .milliseconds(1 + index % 5))).ending == .timedOut)
            }
            // Tests of other modules run beside this one: their descriptors come and go. A leak would be 200 or more.
            #expect(Proc.openPipesAndSockets() - before < 50)
            try await eventually { Proc.zombieSupervisors() == [] }
        }

        @Test func `a command that runs long keeps no dead children`() async throws {
            struct Reaped: Error {}
            let said = Said()
            await #expect(throws: Reaped.self) {
                try await ChildProcess.run(shell("(setsid sh -c 'echo $$' &); sleep 300")) { _, bytes in
                    said.append(bytes)
                    // A zombie counts as alive.
                    try await eventually { said.lineCount == 1 && said.pids.filter(isAlive) == [] }
                    throw Reaped()
                }
            }
        }

        @Test(.disabled(if: hasSanitizer, "a sanitizer's own memory is kept"))
        func `a supervisor gives back the memory it was copied with`() async throws {
            let large = [UInt8](repeating: 1, count: 100_000_000)
            let script =
                "while read -r name size unit; do [ \"$name\" = RssAnon: ] && echo $size; done </proc/$PPID/status"
            let output = try await run(
                "\(script); until [ $(\(script)) -lt 20000 ]; do sleep 0.02; done; \(script); exit 0",
                .init(timeout: .seconds(10)))
            #expect(output.ending == .exited(0))
            let sizes = output.pids
            try #require(sizes.count == 2)
            #expect(sizes[0] > 90_000 && sizes[1] < 20_000)
            #expect(large.last == 1)
        }

        private static var hasSanitizer: Bool {
            dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock(\.self) }
    }
}
