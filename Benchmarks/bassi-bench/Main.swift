/// Benchmarks by name; each prints ratios that hold on a noisy machine.
@main
struct Benchmarks {
    static func main() throws {
        switch CommandLine.arguments.dropFirst().first {
        case "events": try EventsBenchmark.run()
        default: print("usage: bassi-bench events")
        }
    }
}
