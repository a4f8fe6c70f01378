import Testing

@testable import bassi_crash

@Suite(.timeLimit(.minutes(5))) struct PowerTests {
    private let workload = Workload(sessions: 3, openings: 2, appendsPerSession: 10, groupsPerCheckpoint: 6)

    @Test(arguments: 1...4)
    func `a power cut loses nothing that was durable and leaves a prefix`(_ seed: UInt64) async throws {
        let figures = try await PowerCampaign(images: 60, seed: seed, imagesPerRecording: 30, workload: workload).run()
        #expect(figures.images == 60)
        #expect(figures.eventsFound > 0)
        #expect(figures.durableBatches > 0)
    }

    /// The cuts while the file is made are few among the random ones: here is each of them, many times.
    @Test func `a power cut while the file is made leaves a file that opens`() async throws {
        try await Scratch.with { folder in
            let (recording, ledger) = (try Recording(), Ledger())
            try await workload.run(seed: 1, path: folder.log, recording: recording, ledger: ledger)
            var figures = PowerCampaign.Figures()
            for cut in 0...24 {
                for seed in 0..<4 as Range<UInt64> {
                    try await PowerCampaign.check(recording, ledger, cut: cut, seed: seed, &figures)
                }
            }
            #expect(figures.images == 100)
            #expect(figures.refused == 0)
        }
    }

    /// The proof can fail: an image of an earlier cut stands for a store that said "durable" too early.
    @Test func `an image without what was durable is reported as a loss`() async throws {
        try await Scratch.with { folder in
            let (recording, ledger) = (try Recording(), Ledger())
            try await workload.run(seed: 2, path: folder.log, recording: recording, ledger: ledger)
            var numbers = SeededNumbers(seed: 3)
            let image = CrashImage(of: recording, cut: recording.count / 2, numbers: &numbers)
            try await Scratch.with { folder in
                try image.write(into: folder)
                let log = try await StoredLog(path: folder.log)
                let problem = #expect(throws: Problem.self) { try log.check(against: ledger, cut: recording.count) }
                #expect(problem?.description.hasPrefix("LOST: ") == true)
            }
        }
    }
}
