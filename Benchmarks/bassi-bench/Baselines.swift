import BassiEvents
import Foundation

/// Ratios that were measured once, and how much worse each may be before a change is held to have broken something.
///
/// Ratios only: absolute times say more about the machine than about the program.
///
///     {"factor": 2, "ratios": {"replay_pages_to_plain": {"value": 0.5, "better": "higher", "factor": 1.5}}}
struct Baselines {
    private struct Baseline {
        let name: String
        let value: Double
        let isHigherBetter: Bool
        let factor: Double
        /// Whether the least of the rounds counts instead of their median: for what has two speeds on one machine.
        let isOfLeast: Bool

        /// The worst value that is accepted.
        var limit: Double { isHigherBetter ? value / factor : value * factor }

        func measured(_ ratio: BenchmarkReport.Ratio) -> Double { isOfLeast ? ratio.least : ratio.value }

        func accepts(_ measured: Double) -> Bool { isHigherBetter ? measured >= limit : measured <= limit }
    }

    private let path: String
    private let baselines: [Baseline]

    /// - Throws: ``BenchmarkProblem`` that says what in the file is wrong.
    init(path: String) throws {
        self.path = path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let object = try JSONParser.parse(text).object, let ratios = object["ratios"]?.object else {
            throw BenchmarkProblem("'\(path)' has no object 'ratios'")
        }
        let usual = object["factor"]?.double
        baselines = try ratios.members.map { member in
            let (entry, better) = (member.value.object, member.value.object?["better"]?.string)
            guard let value = entry?["value"]?.double, value > 0, better == "higher" || better == "lower",
                let factor = entry?["factor"]?.double ?? usual, factor >= 1,
                entry?["rounds"] == nil || entry?["rounds"]?.string == "least"
            else {
                throw BenchmarkProblem(
                    "'\(member.key)' in '\(path)' must have a 'value' above 0, 'better': \"higher\" or \"lower\", "
                        + "a 'factor' of 1 or more, its own or the file's, and 'rounds': \"least\" or none")
            }
            return Baseline(
                name: member.key, value: value, isHigherBetter: better == "higher", factor: factor,
                isOfLeast: entry?["rounds"] != nil)
        }
    }

    /// Says how each ratio compares.
    ///
    /// - Throws: ``BenchmarkProblem`` when one is worse than it may be, or was not measured.
    func compare(with ratios: [BenchmarkReport.Ratio]) throws {
        var failures: [String] = []
        for baseline in baselines {
            let figure = BenchmarkReport.figure
            guard let ratio = ratios.first(where: { $0.name == baseline.name }) else {
                failures.append("\(baseline.name) was not measured")
                continue
            }
            let measured = baseline.measured(ratio)
            guard !baseline.accepts(measured) else { continue }
            let bound = baseline.isHigherBetter ? "at least" : "at most"
            failures.append(
                "\(ratio.name) is \(figure(measured)), must be \(bound) \(figure(baseline.limit)) "
                    + "(\(figure(baseline.value)) in '\(path)', factor \(figure(baseline.factor)))")
        }
        guard failures.isEmpty else {
            throw BenchmarkProblem("worse than allowed:\n  " + failures.joined(separator: "\n  "))
        }
        print("\(baselines.count) ratios are as good as '\(path)' wants them")
    }
}
