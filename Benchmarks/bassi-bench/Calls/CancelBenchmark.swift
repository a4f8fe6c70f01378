import BassiProcess
import Foundation
import Synchronization

/// From a cancel to the death of the last process that the command started, in a sandbox and without one, and what a
/// sandbox costs each command.
struct CancelBenchmark {
    let tries: Int
    let folder: String
    let program: SandboxProgram?

    /// What tries to live on: in a session of its own, by a double fork, as a child of nobody, with signals ignored.
    private static func script(_ mark: String) -> String {
        """
        setsid sleep \(mark) & ( ( sleep \(mark) & ) & ); nohup sleep \(mark) >/dev/null 2>&1 &
        (trap '' TERM HUP INT; setsid sleep \(mark) & exec sleep \(mark)) &
        until [ "$(pgrep -c -f '^sleep \(mark)')" = 5 ]; do :; done; echo on; sleep \(mark)
        """
    }

    static func run(_ arguments: [String]) async throws {
        var (arguments, tries) = (arguments[...], 200)
        while let argument = arguments.popFirst() {
            guard argument == "--tries", let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw Main.Usage()
            }
            tries = value
        }
        var program: SandboxProgram?
        switch await Sandbox.availability() {
        case .available(let found): program = found
        case .missing(let reason, _): print("no sandbox, so nothing is measured in one: \(reason)")
        }
        let found = program
        try await BenchmarkFolder.with { folder in
            print("before: \(try MachineState(folder: folder))")
            let benchmark = CancelBenchmark(tries: tries, folder: folder, program: found)
            try await benchmark.cancels(isConfined: false)
            if found != nil { try await benchmark.cancels(isConfined: true) }
            try await benchmark.starts()
            print("after:  \(try MachineState(folder: folder))")
        }
    }

    private func cancels(isConfined: Bool) async throws {
        var samples: [Double] = []
        for index in 0..<tries { samples.append(try await cancel(mark: "\(7_000_000 + index).\(getpid())", isConfined)) }
        let values = Samples(samples)
        let figure = BenchmarkReport.figure
        print(
            """
            \(isConfined ? "in a sandbox" : "without a sandbox"): cancel to the last of 6 processes dead, \(tries) tries
              median \(figure(values.median)) ms, 99th percentile \(figure(values.p99)) ms, most \(figure(values.most)) ms, \
            goal < 1,000 ms; left over: 0
            """)
    }

    /// Milliseconds from the cancel until nothing of the command is left.
    private func cancel(mark: String, _ isConfined: Bool) async throws -> Double {
        let (begun, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let command = command(Self.script(mark), isConfined)
        return try await withThrowingTaskGroup(of: ProcessEnding.self) { group in
            group.addTask {
                defer { signal.finish() }
                return try await ChildProcess.run(command) { _, _ in signal.yield() }
            }
            for await _ in begun { break }
            // The sixth is the shell's own, and may not have begun.
            guard Self.living(mark) >= 5 else { throw BenchmarkProblem("the command did not start what it should") }
            let start = ContinuousClock.now
            group.cancelAll()
            let ending = try await group.next()
            let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            guard ending == .cancelled else { throw BenchmarkProblem("the command ended by itself") }
            let left = Self.living(mark)
            guard left == 0 else { throw BenchmarkProblem("\(left) processes survived the cancel") }
            return milliseconds
        }
    }

    /// `bash -c true`, in turns with and without a sandbox.
    private func starts() async throws {
        var (free, confined): ([Double], [Double]) = ([], [])
        for _ in 0..<tries {
            free.append(try await start(isConfined: false))
            if program != nil { confined.append(try await start(isConfined: true)) }
        }
        let figure = BenchmarkReport.figure
        print("bash -c true: median \(figure(Samples(free).median)) ms")
        guard program != nil else { return }
        let values = Samples(confined)
        print(
            "bash -c true in a sandbox: median \(figure(values.median)) ms, 99th percentile \(figure(values.p99)) ms, "
                + "goal < 15 ms; \(figure(values.median / Samples(free).median)) times as long")
    }

    private func start(isConfined: Bool) async throws -> Double {
        let start = ContinuousClock.now
        let ending = try await ChildProcess.run(command("true", isConfined)) { _, _ in }
        guard ending == .exited(0) else { throw BenchmarkProblem("`true` ended with \(ending)") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    private func command(_ script: String, _ isConfined: Bool) -> ProcessCommand {
        let command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: folder)
        guard isConfined, let program else { return command }
        return Sandbox(folder: folder, home: NSHomeDirectory()).confined(command, processesMax: 4096, by: program)
    }

    /// How many processes sleep for this number, on the whole machine.
    private static func living(_ mark: String) -> Int {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.count { name in
            guard pid_t(name) != nil, let file = FileHandle(forReadingAtPath: "/proc/\(name)/cmdline"),
                let line = try? file.readToEnd()
            else { return false }
            return String(decoding: line, as: UTF8.self).hasPrefix("sleep\0\(mark)")
        }
    }
}
