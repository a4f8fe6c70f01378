import Foundation

/// `bassi-bench [events|turns|start PROGRAM]`: what the goals of docs/architecture.md are measured by.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        print("load \(load), \(ProcessInfo.processInfo.activeProcessorCount) processors")
        switch arguments.first {
        case "events": try EventsBenchmark.run()
        case "store": try await StoreBenchmark.run()
        case "turns": try await TurnsBenchmark.run()
        case "start": try await StartBenchmark.run(arguments.dropFirst().first ?? "bassi")
        default:
            print("usage: bassi-bench events | store | turns | start PROGRAM")
            exit(64)
        }
    }

    private static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").prefix(3)
            .joined(separator: " ") ?? "unknown"
    }
}
