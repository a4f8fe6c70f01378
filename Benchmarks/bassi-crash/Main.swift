import Foundation

/// `bassi-crash power|kill|fault`: the proof of docs/durability.md, as long as one wants it.
@main
struct Main {
    private static let usage = """
        usage: bassi-crash power [--images N] [--seed S]   simulated power cuts
               bassi-crash kill [--runs N] [--seed S]      writers that are killed
               bassi-crash fault [--seed S]                a disk that fails, at each call of a workload
        """

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            switch arguments.first {
            case "power": try await power(options(arguments.dropFirst(), allowed: ["--images", "--seed"]))
            case "kill": try await kill(options(arguments.dropFirst(), allowed: ["--runs", "--seed"]))
            case "fault": try await fault(options(arguments.dropFirst(), allowed: ["--seed"]))
            case "child": try await child(Array(arguments.dropFirst()))
            default: throw Usage()
            }
        } catch is Usage {
            print(usage)
            exit(64)
        } catch {
            // Not on the standard output, which belongs to the records of a child.
            FileHandle.standardError.write(Data("FAILED: \(error)\n".utf8))
            exit(1)
        }
    }

    private struct Usage: Error {}

    private static func power(_ options: [String: UInt64]) async throws {
        let seed = options["--seed"] ?? .random(in: 1...999_999)
        let campaign = PowerCampaign(images: Int(options["--images"] ?? 1000), seed: seed)
        let start = ContinuousClock.now
        let figures = try await named("power", seed) { try await campaign.run() }
        print(
            "power, seed \(seed): \(figures.images) images of \(figures.recordings) recordings "
                + "(\(figures.operations) operations, \(figures.durableBatches) durable batches), "
                + "\(figures.eventsFound) events found and equal, \(figures.refused) refused while still empty, "
                + "lost: 0, \(seconds(since: start)) s")
    }

    private static func kill(_ options: [String: UInt64]) async throws {
        let seed = options["--seed"] ?? .random(in: 1...999_999)
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let campaign = KillCampaign(runs: Int(options["--runs"] ?? 100), seed: seed, program: program)
        let start = ContinuousClock.now
        let figures = try await named("kill", seed) { try await campaign.run() }
        print(
            "kill, seed \(seed): \(figures.runs) runs, \(figures.kills) processes killed, "
                + "\(figures.runsWithAcknowledgements) of the runs after an acknowledgement, "
                + "\(figures.acknowledgedBatches) batches acknowledged, \(figures.eventsFound) events found and equal, "
                + "\(figures.forksFound) forks, \(figures.dropped) dropped deltas, \(figures.erased) erased events, "
                + "lost: 0, \(seconds(since: start)) s")
    }

    private static func fault(_ options: [String: UInt64]) async throws {
        let seed = options["--seed"] ?? .random(in: 1...999_999)
        let start = ContinuousClock.now
        let figures = try await named("fault", seed) { try await FaultCampaign(seed: seed).run() }
        print(
            "fault, seed \(seed): \(figures.faults) faults (\(figures.refusedOpenings) while the store was opened, "
                + "\(figures.stops) stopped a store), \(figures.images) images of power cuts after them, "
                + "lost: 0, \(seconds(since: start)) s")
    }

    private static func child(_ arguments: [String]) async throws {
        guard arguments.count == 4, let writer = Int(arguments[1]), let file = UInt64(arguments[2]),
            let seed = UInt64(arguments[3])
        else { throw Usage() }
        try await ChildWriter.run(path: arguments[0], writer: writer, file: file, seed: seed)
    }

    private static func named<Value>(_ name: String, _ seed: UInt64, _ body: () async throws -> Value) async throws
        -> Value
    {
        do { return try await body() } catch { throw Problem("\(name), seed \(seed): \(error)") }
    }

    private static func options(_ arguments: ArraySlice<String>, allowed: Set<String>) throws -> [String: UInt64] {
        var (options, rest) = ([String: UInt64](), arguments)
        while let name = rest.popFirst() {
            guard allowed.contains(name), let text = rest.popFirst(), let value = UInt64(text) else { throw Usage() }
            options[name] = value
        }
        return options
    }

    private static func seconds(since start: ContinuousClock.Instant) -> String {
        String(format: "%.1f", (ContinuousClock.now - start) / .seconds(1))
    }
}
