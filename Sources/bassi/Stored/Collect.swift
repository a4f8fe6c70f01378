import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiStore
import BassiWorkspace
import Foundation

/// `bassi gc`: what the settings let go.
struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Drop what the settings let go: old deltas and, if they say so, old sessions.",
        discussion: """
            retention:
              deltas: 24h       # drop deltas a day after their block ended (the default); never keeps them
              sessions: 90d     # delete sessions that nobody has touched for so long; never is the default
            """)

    @Flag(name: .customLong("dry-run"), help: "Say what would go, and keep it.") var isDry = false
    @OptionGroup var place: StoreOptions

    func run() async throws {
        let workspace = try Workspace(
            folder: FileManager.default.currentDirectoryPath, environment: ProcessInfo.processInfo.environment)
        let retention = workspace.settings.retention
        guard let store = try place.openExisting() as? SQLiteEventStore else {
            return Standard.say("There are no sessions yet.")
        }
        let deleted = try await deleteOld(store, retention.sessions)
        let dropped = isDry ? 0 : try await dropOld(store, retention.deltas)
        if !isDry { try await store.shrink() }
        try await store.close()
        Standard.say(
            isDry
                ? "\(deleted) sessions would be deleted."
                : "Deleted \(deleted) sessions, dropped \(dropped) deltas.")
    }

    /// A session that somebody owns stays.
    private func deleteOld(_ store: SQLiteEventStore, _ age: RetentionAge?) async throws -> Int {
        guard let age else { return 0 }
        var count = 0
        for session in try await store.allSessions() where session.updatedAt < age.moment && !session.hasOwner {
            if !isDry { try await store.delete(session.id) }
            count += 1
        }
        return count
    }

    private func dropOld(_ store: SQLiteEventStore, _ age: RetentionAge?) async throws -> Int {
        guard let age else { return 0 }
        var count = 0
        for session in try await store.allSessions() {
            count += try await store.compact(session.id, before: age.moment)
        }
        return count
    }
}
