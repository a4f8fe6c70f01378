import Testing

@testable import bassi_crash

@Suite(.timeLimit(.minutes(5))) struct PowerTests {
    @Test func `a power cut loses nothing that was durable and leaves a prefix`() async throws {
        let figures = try await PowerCampaign(images: 240, seed: 1, imagesPerRecording: 60).run()
        #expect(figures.images == 240)
        #expect(figures.eventsFound > 0)
    }
}
