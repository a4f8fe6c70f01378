import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// Faults: a small workload once for each call that it makes, with a disk that fails at that call.
struct FaultCampaign {
    let seed: UInt64
    var faults = Fault.allCases
    /// Every how many calls a fault is tried: 1 is each.
    var stride = 1
    var imagesPerFault = 4

    private static let sessions = 2
    private static let openings = 2
    private static let appends = 12

    /// What was seen.
    struct Figures {
        var faults = 0
        var refusedOpenings = 0
        var stops = 0
        var images = 0
    }

    /// - Throws: ``Problem`` at the first fault after which a promise is broken.
    func run() async throws -> Figures {
        var figures = Figures()
        for fault in faults {
            let calls = try await calls(of: fault)
            for lasting in [false, true] {
                for call in Swift.stride(from: 1, through: calls, by: stride) {
                    do { try await once(fault, call, lasting, &figures) } catch {
                        let duration = lasting ? "from call \(call) on" : "at call \(call)"
                        throw Problem("\(error) (\(fault.rawValue) \(duration))")
                    }
                }
            }
        }
        return figures
    }

    /// How many calls of the fault's kind the workload makes on a sound disk.
    private func calls(of fault: Fault) async throws -> Int {
        try await Scratch.with { folder in
            let (recording, ledger) = (try Recording(), Ledger())
            recording.fail(fault, at: 0, lasting: false)
            _ = try await workload(folder.log, recording, ledger)
            return recording.calls
        }
    }

    private func once(_ fault: Fault, _ call: Int, _ lasting: Bool, _ figures: inout Figures) async throws {
        try await Scratch.with { folder in
            let (recording, ledger) = (try Recording(), Ledger())
            recording.fail(fault, at: call, lasting: lasting)
            let outcome = try await workload(folder.log, recording, ledger)
            // Group commit may need a call less than the counting run: then there was nothing to fail.
            guard recording.failed else { return }
            figures.faults += 1
            figures.refusedOpenings += outcome == .refused ? 1 : 0
            figures.stops += outcome == .stopped ? 1 : 0
            // A store that never opened had nothing to keep; SQLite may sync while it takes the beginning back.
            guard outcome == .refused || recording.syncsAfterFault == 0 else {
                throw Problem("after the fault the store asked for \(recording.syncsAfterFault) more syncs")
            }
            // The disk works again, and the machine stayed on.
            try await StoredLog(path: folder.log).check(against: ledger, cut: nil)
            var (numbers, power) = (SeededNumbers(seed: seed &+ UInt64(call)), PowerCampaign.Figures())
            for _ in 0..<imagesPerFault {
                try await PowerCampaign.check(
                    recording, ledger, cut: recording.count, seed: numbers.next(), &power)
            }
            figures.images += power.images
        }
    }

    private enum Outcome { case refused, stopped, finished }

    /// Opens, appends and closes, until the first error. What must hold after it is checked here.
    private func workload(_ path: String, _ recording: Recording, _ ledger: Ledger) async throws -> Outcome {
        var numbers = SeededNumbers(seed: seed)
        let sessions = (0..<Self.sessions).map { SessionID(UUIDv7(high: seed, low: UInt64($0))) }
        for _ in 0..<Self.openings {
            let store: SQLiteEventStore
            do {
                store = try SQLiteEventStore(path: path, vfs: recording.vfs, groupsPerCheckpoint: 4)
            } catch {
                try Self.checkIsClear(error)
                return .refused
            }
            for index in 0..<Self.appends {
                let hadFailed = recording.failed
                do {
                    let durability: Durability = index % 3 == 2 ? .durable : .visible
                    try await ledger.append(
                        Workload.batch(&numbers), to: sessions[index % sessions.count], until: durability, in: store,
                        recorded: recording)
                    if hadFailed { throw Problem("an append went through after the fault") }
                } catch {
                    try await Self.checkHasStopped(store, error, ledger)
                    try await store.close()
                    return .stopped
                }
            }
            // The last checkpoint is made by now. It has nobody to tell that it failed, but the next append.
            try await store.close()
            if recording.failed { return .stopped }
        }
        return .finished
    }

    /// It says why, takes nothing more, and what was acknowledged can still be read.
    private static func checkHasStopped(_ store: SQLiteEventStore, _ error: any Error, _ ledger: Ledger) async throws {
        try checkIsClear(error)
        for durability in [Durability.visible, .durable] {
            do {
                let draft = EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "no")))
                _ = try await store.append([draft], to: SessionID(), expecting: .any, until: durability)
            } catch {
                try checkIsClear(error)
                continue
            }
            throw Problem("the store took an append after it had failed")
        }
        for (session, batches) in ledger.batches {
            let acknowledged = batches.filter { $0.acknowledged != nil }.flatMap(\.events)
            let read = try await store.read(session)
            guard read == acknowledged else {
                throw Problem("after the fault \(read.count) of \(acknowledged.count) events can be read")
            }
        }
    }

    private static func checkIsClear(_ error: any Error) throws {
        guard case StoreError.unusable(_, let reason) = error, !reason.isEmpty else {
            throw Problem("the store does not say what is wrong, but: \(error)")
        }
    }
}
