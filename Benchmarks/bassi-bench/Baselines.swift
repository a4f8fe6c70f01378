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

        /// The worst value that is accepted.
        var limit: Double { isHigherBetter ? value / factor : value * factor }

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
                let factor = entry?["factor"]?.double ?? usual, factor >= 1
            else {
                throw BenchmarkProblem(
                    "'\(member.key)' in '\(path)' must have a 'value' above 0, 'better': \"higher\" or \"lower\", "
                        + "and a 'factor' of 1 or more, its own or the file's")
            }
            return Baseline(name: member.key, value: value, isHigherBetter: better == "higher", factor: factor)
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
            guard !baseline.accepts(ratio.value) else { continue }
            let bound = baseline.isHigherBetter ? "at least" : "at most"
            failures.append(
                "\(ratio.name) is \(figure(ratio.value)), must be \(bound) \(figure(baseline.limit)) "
                    + "(\(figure(baseline.value)) in '\(path)', factor \(figure(baseline.factor)))")
        }
        guard failures.isEmpty else {
            throw BenchmarkProblem("worse than allowed:\n  " + failures.joined(separator: "\n  "))
        }
        print("\(baselines.count) ratios are as good as '\(path)' wants them")
    }
}
