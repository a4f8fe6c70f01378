import BassiSQLite
import BassiTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct SQLiteConformanceTests {
    @Test(arguments: EventStoreConformance.checks + EventStoreConformance.commandChecks)
    func `the SQLite store keeps the contract`(check: EventStoreConformance.Check) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await check.run {
            try SQLiteEventStore(path: folder.appendingPathComponent("\(UUID().uuidString).sqlite").path)
        }
    }
}
