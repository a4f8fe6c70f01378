import Foundation

/// How long the program takes to begin and to answer, and how much memory it holds then.
enum StartBenchmark {
    private static let runs = 30

    static func run(_ program: String) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        for arguments in [["--version"], ["-p", "hi", "--model", "demo"]] {
            var samples: [(milliseconds: Double, kilobytes: Int)] = []
            for _ in 0..<runs { samples.append(try once(program, arguments, home)) }
            let times = samples.map(\.milliseconds).sorted()
            let memory = samples.map(\.kilobytes).sorted()[runs / 2]
            print(
                "\(arguments.joined(separator: " ")): median \(format(times[runs / 2])), best \(format(times[0])), "
                    + "resident at most \(memory / 1024) MB")
        }
        print("/bin/true: median \(format(try median("/bin/true", [], home)))")
    }

    private static func median(_ program: String, _ arguments: [String], _ home: URL) throws -> Double {
        try (0..<runs).map { _ in try once(program, arguments, home).milliseconds }.sorted()[runs / 2]
    }

    private static func once(
        _ program: String, _ arguments: [String], _ home: URL
    ) throws -> (milliseconds: Double, kilobytes: Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["BASSI_HOME": home.path, "HOME": home.path, "PATH": "/usr/bin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        var before = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &before)
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        var after = rusage()
        // The most of all children so far: the program's own, since it is the largest.
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &after)
        return (milliseconds, after.ru_maxrss)
    }

    private static func format(_ milliseconds: Double) -> String { String(format: "%.1f ms", milliseconds) }
}
