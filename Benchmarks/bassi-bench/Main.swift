import BassiEvents
import Foundation

/// `bassi-bench`: what the goals of docs/architecture.md are measured by.
@main
struct Main {
    static let usage = """
        usage: bassi-bench events
               bassi-bench store [--quick] [--json FILE] [--compare BASELINES] [--beside PROGRAM]
               bassi-bench processes [--seconds N]
               bassi-bench cancel [--tries N]
               bassi-bench calls [--rounds N]
               bassi-bench turns
               bassi-bench start PROGRAM
               bassi-bench models [parser] [stream] [sessions] [PROGRAM]

        --quick             less of everything, in less than a minute
        --json FILE         all figures as JSON
        --only PART         appends, beside, throughput, latency, reading or long
        --compare BASELINES ends with 1 when a ratio is worse than the file allows (Benchmarks/baselines.json)
        --beside PROGRAM    runs a C program that measures SQLite in the same run; its source or the folder of it will do
        """

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments.first {
            case "store": try await StoreBenchmark.run(StoreOptions(arguments.dropFirst()))
            // Started by `store` as a process of its own, whose memory is then that of opening alone.
            case "open-session": try await LongSession.child(Array(arguments.dropFirst()))
            case "processes": try await ProcessesBenchmark.run(Array(arguments.dropFirst()))
            // Started by `processes`, several at a time.
            case "process-writer": try await ProcessWriter.child(Array(arguments.dropFirst()))
            case "models": try await ModelsBenchmark.run(Array(arguments.dropFirst()))
            // Started by `models`.
            case "model-server": try SessionsBenchmark.serve()
            case "cancel": try await CancelBenchmark.run(Array(arguments.dropFirst()))
            case "calls": try await CallsBenchmark.run(Array(arguments.dropFirst()))
            case "events", "turns", "start":
                print("load \(MachineState.load), \(ProcessInfo.processInfo.activeProcessorCount) processors")
                try await run(arguments)
            default: throw Usage()
            }
        } catch is Usage {
            print(usage)
            exit(64)
        } catch {
            // What was printed before stands before it.
            fflush(nil)
            FileHandle.standardError.write(Data("FAILED: \(error)\n".utf8))
            exit(1)
        }
    }

    struct Usage: Error {}

    private static func run(_ arguments: [String]) async throws {
        switch arguments.first {
        case "events": try EventsBenchmark.run()
        case "turns": try await TurnsBenchmark.run()
        default: try await StartBenchmark.run(arguments.dropFirst().first ?? "bassi")
        }
    }
}
