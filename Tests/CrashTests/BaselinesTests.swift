import BassiEvents
import Foundation
import Testing

@testable import bassi_bench

/// The comparison that fails a change which made the store slower.
@Suite struct BaselinesTests {
    private func baselines(_ text: String) throws -> Baselines {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("baselines-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try Baselines(path: path)
    }

    private func ratios(_ ratios: (String, Double)...) -> [BenchmarkReport.Ratio] {
        ratios.map { BenchmarkReport.Ratio(name: $0, value: $1) }
    }

    private let two = #"""
        {"factor": 2, "ratios": {
            "speed": {"value": 0.6, "better": "higher"}, "delay": {"value": 1.25, "better": "lower", "factor": 1.5}}}
        """#

    @Test func `where the least of the rounds counts, a slow median is no failure and slow rounds are`() throws {
        let baselines = try baselines(
            #"{"factor": 2, "ratios": {"a": {"value": 3, "better": "lower", "rounds": "least"}}}"#)
        try baselines.compare(with: [BenchmarkReport.Ratio(name: "a", value: 50, least: 2.5)])
        #expect(throws: BenchmarkProblem.self) {
            try baselines.compare(with: [BenchmarkReport.Ratio(name: "a", value: 50, least: 7)])
        }
    }

    @Test func `ratios at their limits are accepted`() throws {
        try baselines(two).compare(with: ratios(("speed", 0.3), ("delay", 1.875), ("new", 99)))
        try baselines(two).compare(with: ratios(("speed", 9), ("delay", 0.1)))
    }

    @Test func `ratios beyond their limits are named, and no others`() throws {
        let both = #expect(throws: BenchmarkProblem.self) {
            try baselines(two).compare(with: ratios(("speed", 0.29), ("delay", 1.9)))
        }
        #expect(
            both?.description.contains("speed is 0.29, must be at least 0.3") == true, "\(String(describing: both))")
        #expect(both?.description.contains("delay is 1.9, must be at most 1.88") == true)
        let one = #expect(throws: BenchmarkProblem.self) {
            try baselines(two).compare(with: ratios(("speed", 0.6), ("delay", .nan)))
        }
        #expect(one?.description.contains("delay") == true)
        #expect(one?.description.contains("speed") == false)
    }

    @Test func `a ratio that was not measured is not accepted`() throws {
        let problem = #expect(throws: BenchmarkProblem.self) {
            try baselines(two).compare(with: ratios(("speed", 1)))
        }
        #expect(problem?.description.contains("delay was not measured") == true)
    }

    @Test(arguments: [
        #"{"ratios": {"a": {"value": 1, "better": "higher"}}}"#, #"{"factor": 2}"#,
        #"{"factor": 2, "ratios": {"a": {"value": 0, "better": "lower"}}}"#,
        #"{"factor": 2, "ratios": {"a": {"value": 1, "better": "up"}}}"#,
        #"{"factor": 2, "ratios": {"a": {"value": 1, "better": "lower", "rounds": "best"}}}"#,
        #"{"factor": 0.5, "ratios": {"a": {"value": 1, "better": "lower"}}}"#,
    ])
    func `a file that compares nothing or the wrong way is refused`(_ text: String) {
        #expect(throws: BenchmarkProblem.self) { try baselines(text) }
    }

    @Test func `the committed baselines are well formed`() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        _ = try Baselines(path: package.appendingPathComponent("Benchmarks/baselines.json").standardizedFileURL.path)
    }
}
