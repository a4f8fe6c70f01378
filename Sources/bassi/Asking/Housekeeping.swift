import BassiSQLite
import BassiStore
import BassiWorkspace

/// What the settings let go, a little at a time: so that nobody has to think of `bassi gc`.
enum Housekeeping {
    /// At most so many sessions lose their old deltas when a program ends.
    private static let sessionsMax = 4

    /// Never in the way: what fails now is done another time.
    static func run(_ store: any EventStore, _ retention: Retention) async {
        guard let store = store as? SQLiteEventStore, let age = retention.deltas else { return }
        let sessions = try? await store.sessionsToCompact(before: age.moment, limit: sessionsMax)
        for session in sessions ?? [] { _ = try? await store.compact(session, before: age.moment) }
    }
}
