import BassiEvents
import BassiSQLite
import BassiStore
import Synchronization

/// What was asked of the store and what it answered, in real time: the truth against which an image is held.
final class Ledger: Sendable {
    /// One append: its events in their places, when it was asked, and when it was acknowledged.
    struct Batch: Sendable {
        let events: [Event]
        let durability: Durability
        /// A tick of the ledger's clock.
        let asked: Int
        /// A tick, and how much was on the disk then; nil when the store did not say yes.
        var acknowledged: (tick: Int, operations: Int)?
    }

    private struct State {
        var tick = 0
        var batches: [SessionID: [Batch]] = [:]
    }

    private let state = Mutex(State())

    /// All batches of each session, in their order.
    var batches: [SessionID: [Batch]] { state.withLock(\.batches) }

    /// How many events a session has.
    func head(of session: SessionID) -> SequenceNumber {
        state.withLock { $0.batches[session]?.last?.events.last?.seq ?? .start }
    }

    /// Appends a batch and notes it: before, so that what was not acknowledged is known too, and after.
    func append(
        _ drafts: [EventDraft], to session: SessionID, until durability: Durability, in store: SQLiteEventStore,
        recorded recording: Recording
    ) async throws {
        let head = head(of: session)
        let events = drafts.enumerated().map { index, draft in
            Event(draft, sessionID: session, seq: SequenceNumber(head.rawValue + Int64(index) + 1))
        }
        state.withLock { state in
            state.tick += 1
            state.batches[session, default: []].append(
                Batch(events: events, durability: durability, asked: state.tick))
        }
        let appended = try await store.append(drafts, to: session, expecting: .exact(head), until: durability)
        guard appended == events else { throw Problem("an append to \(session) gave back other events than asked") }
        let operations = recording.count
        state.withLock { state in
            state.tick += 1
            let last = (state.batches[session]?.count ?? 0) - 1
            state.batches[session]?[last].acknowledged = (state.tick, operations)
        }
    }
}
