import Foundation
import Testing

@testable import bassi_bench

/// Several processes over one file, for some seconds; `bassi-bench processes` does the same for longer.
@Suite(.timeLimit(.minutes(5))) struct ProcessesTests {
    /// The tool lies beside the tests' bundle.
    private static var program: String {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("bassi-bench")
        let isThere = FileManager.default.isExecutableFile(atPath: beside.path)
        return (isThere ? beside : Bundle.main.bundleURL.appendingPathComponent("bassi-bench")).path
    }

    @Test func `three processes that follow each other lose nothing and are never refused`() async throws {
        try await BenchmarkFolder.with { folder in
            let figures = try await ProcessesBenchmark(program: Self.program, seconds: 5).followEachOther(in: folder)
            #expect(figures.lost == 0)
            #expect(figures.locked == 0)
            #expect(figures.appended >= 6, "each process has appended, and said that it ends")
            #expect(figures.delivered == 2 * figures.appended)
        }
    }

    @Test func `a writer without pauses keeps no other process from appending`() async throws {
        try await BenchmarkFolder.with { folder in
            let figures = try await ProcessesBenchmark(program: Self.program, seconds: 5).besideBusyWriter(in: folder)
            #expect(figures.lost == 0)
            #expect(figures.locked == 0)
            #expect(figures.appendP99 > 0)
        }
    }
}
