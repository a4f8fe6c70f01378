import BassiEvents
import Foundation

/// Figures as they are measured: a table on the standard output, and JSON for programs.
///
/// A row is an absolute figure and means something only beside the machine's load. A ratio compares two things that
/// were measured in alternation, in one run: only ratios are compared with a baseline.
struct BenchmarkReport {
    /// One figure.
    struct Row {
        let name: String
        let value: Double
        let unit: String
    }

    /// One thing beside another.
    struct Ratio {
        let name: String
        let value: Double
        /// The least of all rounds; the same where there was one.
        let least: Double

        init(name: String, value: Double, least: Double? = nil) {
            (self.name, self.value, self.least) = (name, value, least ?? value)
        }
    }

    private(set) var rows: [Row] = []
    private(set) var ratios: [Ratio] = []
    private let start = ContinuousClock.now
    private let before: MachineState

    /// - Parameter folder: Where the benchmark writes: the time of a sync is that of its disk.
    init(folder: String) throws {
        before = try MachineState(folder: folder)
        print("before: \(before)")
    }

    /// Enters a figure and prints its line.
    mutating func row(_ name: String, _ text: String, _ value: Double, _ unit: String) {
        rows.append(Row(name: name, value: value, unit: unit))
        print("  " + Self.padded(text, to: 62) + Self.padded(Self.figure(value), to: -12) + " " + unit)
    }

    /// Enters a ratio, the median of those of all rounds, and prints its line with the extremes.
    mutating func ratio(_ name: String, _ text: String, _ rounds: [Double], goal: String = "") {
        ratio(name, text, rounds, Samples(rounds).median, goal: goal)
    }

    /// Enters the ratio of the best rates of all rounds: what else runs on the machine only ever makes a rate lower.
    mutating func ratio(_ name: String, _ text: String, ofBest rates: [Double], to others: [Double], goal: String = "")
    {
        let best = Samples(rates).most / Samples(others).most
        ratio(name, text, zip(rates, others).map { $0 / $1 }, best, goal: goal)
    }

    private mutating func ratio(
        _ name: String, _ text: String, _ rounds: [Double], _ value: Double, goal: String
    ) {
        let samples = Samples(rounds)
        ratios.append(Ratio(name: name, value: value, least: samples.least))
        let spread = rounds.count < 2 ? "" : " (\(Self.figure(samples.least)) to \(Self.figure(samples.most)))"
        print(
            "  " + Self.padded(text, to: 62) + Self.padded(Self.figure(value), to: -12) + " ×\(spread)"
                + (goal.isEmpty ? "" : ", goal \(goal)"))
    }

    /// Prints what the machine was like at the end, and gives all of it as JSON.
    func finish(folder: String) throws -> JSONValue {
        let after = try MachineState(folder: folder)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("after:  \(after); \(Self.figure(seconds)) s in all")
        return .object(
            JSONObject([
                .init(key: "before", value: before.json), .init(key: "after", value: after.json),
                .init(key: "seconds", value: Self.number(seconds)),
                .init(
                    key: "rows",
                    value: .array(
                        rows.map {
                            ["name": .string($0.name), "value": Self.number($0.value), "unit": .string($0.unit)]
                        })),
                .init(
                    key: "ratios",
                    value: .array(ratios.map { ["name": .string($0.name), "value": Self.number($0.value)] })),
            ]))
    }

    /// Four digits are more than a benchmark knows.
    static func number(_ value: Double) -> JSONValue {
        JSONNumber(Double(String(format: "%.4g", value)) ?? value).map(JSONValue.number) ?? .null
    }

    /// A figure for a person: whole above 100, else three digits.
    static func figure(_ value: Double) -> String {
        guard abs(value) >= 100 else { return String(format: "%.3g", value) }
        var (digits, text) = (String(Int(value.rounded())), "")
        while digits.count > 3 {
            text = "," + digits.suffix(3) + text
            digits.removeLast(3)
        }
        return digits + text
    }

    /// Filled with spaces, on the left for a negative width.
    private static func padded(_ text: String, to width: Int) -> String {
        let spaces = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? spaces + text : text + spaces
    }
}

/// Some measured values, in order.
struct Samples {
    private let sorted: [Double]

    /// - Parameter values: At least one.
    init(_ values: [Double]) {
        precondition(!values.isEmpty, "a benchmark measured nothing")
        sorted = values.sorted()
    }

    var median: Double { sorted[sorted.count / 2] }
    var p99: Double { sorted[min(sorted.count - 1, sorted.count * 99 / 100)] }
    var least: Double { sorted[0] }
    var most: Double { sorted[sorted.count - 1] }
}
