import Foundation
import Testing

@testable import bassi_crash

@Suite(.timeLimit(.minutes(5))) struct KillTests {
    /// The tool lies beside the tests' bundle.
    private static var program: URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("bassi-crash")
        let isThere = FileManager.default.isExecutableFile(atPath: beside.path)
        return isThere ? beside : Bundle.main.bundleURL.appendingPathComponent("bassi-crash")
    }

    @Test func `killed writers lose nothing that was acknowledged and hold up nobody`() async throws {
        let figures = try await KillCampaign(runs: 50, seed: 1, program: Self.program).run()
        #expect(figures.kills >= 50)
        #expect(figures.kills > figures.runs, "sometimes two writers share the file")
        #expect(figures.runsWithAcknowledgements > 0)
        #expect(figures.forksFound > 0 && figures.dropped > 0 && figures.erased > 0)
    }
}
