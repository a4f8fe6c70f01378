import BassiStore
import BassiTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct MemoryConformanceTests {
    @Test(arguments: EventStoreConformance.checks + EventStoreConformance.commandChecks)
    func `the memory store keeps the contract`(check: EventStoreConformance.Check) async throws {
        try await check.run { MemoryEventStore() }
    }
}
