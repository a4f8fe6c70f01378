import Foundation

/// What stands between a model's byte and the log: the parser alone, one long answer through the program, and many
/// sessions that stream at once.
enum ModelsBenchmark {
    /// - Parameter program: The program for the long answer; without one that part is left out.
    static func run(_ arguments: [String]) async throws {
        print("load \(MachineState.load), \(ProcessInfo.processInfo.activeProcessorCount) processors")
        let parts = arguments.filter { ["parser", "stream", "sessions"].contains($0) }
        let program = arguments.first { !parts.contains($0) }
        func wants(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }
        if wants("parser") { try ParserBenchmark.run() }
        if wants("stream"), let program { try await StreamBenchmark.run(program) }
        if wants("sessions") { try await SessionsBenchmark.run() }
    }
}
