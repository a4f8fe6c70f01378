import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite
@testable import bassi_crash

@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    private let session = SessionID()

    private func draft(_ text: String) -> EventDraft {
        EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: text)))
    }

    @Test func `each sync of a workload may fail and nothing acknowledged is lost`() async throws {
        let figures = try await FaultCampaign(seed: 1, faults: [.syncError], imagesPerFault: 2).run()
        #expect(figures.stops > 0)
        #expect(figures.refusedOpenings > 0)
    }

    @Test(arguments: [Fault.diskFull, .shortWrite, .writeError])
    func `a write may fail and nothing acknowledged is lost`(_ fault: Fault) async throws {
        let figures = try await FaultCampaign(seed: 1, faults: [fault], stride: 11, imagesPerFault: 1).run()
        #expect(figures.stops > 0)
    }

    @Test func `those who wait while a sync fails are refused and the sync is not tried again`() async throws {
        try await Scratch.with { folder in
            let recording = try Recording()
            let store = try SQLiteEventStore(path: folder.log, vfs: recording.vfs)
            _ = try await store.append([draft("first")], to: session, expecting: .noStream, until: .durable)
            recording.fail(.syncError, at: 1, lasting: false)
            let accepted = try await appendsAtOnce(100, to: store, folder.log)
            #expect(accepted == 0)
            #expect(recording.syncsAfterFault == 0)
            #expect(try await store.read(session).count == 1)
            try await store.close()
        }
    }

    /// How many of the appends are accepted, when one is being written and all others wait for it.
    private func appendsAtOnce(_ count: Int, to store: SQLiteEventStore, _ path: String) async throws -> Int {
        let lock = open(path + "-lock", O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let deadline = ContinuousClock.now + .seconds(4)
        return await withTaskGroup(of: Bool.self) { group in
            for index in 0..<count {
                let batch = [draft("\(index)")]
                group.addTask {
                    (try? await store.append(batch, to: session, expecting: .any, until: .durable)) != nil
                }
                // The first waits for the lock, and not for ever.
                while store.writer.waiting != index, ContinuousClock.now < deadline { await Task.yield() }
            }
            flock(lock, LOCK_UN)
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func `a checkpoint that fails stops the store and is not tried again`() async throws {
        try await Scratch.with { folder in
            let recording = try Recording()
            let store = try SQLiteEventStore(path: folder.log, vfs: recording.vfs, groupsPerCheckpoint: 3)
            // Visible appends sync nothing, so the first sync is the checkpoint's.
            for index in 0..<2 {
                _ = try await store.append([draft("\(index)")], to: session, expecting: .any, until: .visible)
            }
            recording.fail(.syncError, at: 1, lasting: false)
            _ = try await store.append([draft("2")], to: session, expecting: .any, until: .visible)
            let error = await #expect(throws: StoreError.self) {
                for index in 3..<10 {
                    _ = try await store.append([draft("\(index)")], to: session, expecting: .any, until: .visible)
                }
            }
            guard case .unusable(let path, _) = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(path == folder.log)
            #expect(recording.syncsAfterFault == 0)
            #expect(try await store.read(session).count >= 3)
            try await store.close()
        }
    }

    @Test func `a full disk is named`() async throws {
        try await Scratch.with { folder in
            let recording = try Recording()
            let store = try SQLiteEventStore(path: folder.log, vfs: recording.vfs)
            recording.fail(.diskFull, at: 1, lasting: true)
            let error = await #expect(throws: StoreError.self) {
                try await store.append([draft("x")], to: session, expecting: .any, until: .visible)
            }
            #expect(error?.description.contains("disk is full") == true)
            #expect(error?.description.contains(folder.log) == true)
            try await store.close()
        }
    }
}
