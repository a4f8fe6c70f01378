import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// What calls that broke off did to files. They could not say it, so the files are looked at.
///
/// It is said once: before such a call runs again, when it gets its end without having run again, and when somebody wants
/// to take it back.
struct CutCalls: Sendable {
    private let keeping: FileChangeKeeping
    private let folder: String
    private let store: any EventStore

    /// - Parameter folder: The session's.
    init(of session: SessionID, in folder: String, _ redactor: Redactor, _ store: any EventStore) {
        keeping = FileChangeKeeping(session: session, redactor: redactor, blobs: store.blobs)
        (self.folder, self.store) = (folder, store)
    }

    /// The events of what these calls did, as far as the log has none yet. Calls that have not started did nothing.
    func events(of calls: [OpenCall]) async throws -> [EventPayload] {
        let calls = calls.filter { $0.attempt > 0 }
        // Asked before every call, and nearly always of none.
        guard !calls.isEmpty else { return [] }
        let folder = PathResolver(folder: "/", home: "/").resolve(folder) ?? folder
        var events: [EventPayload] = []
        for call in calls {
            let places = call.places.filter { $0.before != nil }
            guard !places.isEmpty,
                let cut = CutCall(call.toolName, call.input, places: places, folder: folder)
            else { continue }
            let told = try await told(since: call.askedAt, in: folder)
            for found in await cut.changes(kept: keeping.kept) where !told.contains(Self.key(of: found, in: folder)) {
                let inDoubt = found.isCertain ? nil : true
                if let event = await keeping.event(of: found.change, places, inDoubt: inDoubt) { events.append(event) }
            }
        }
        return events
    }

    /// A change by the file and what it was: one call changes a file once.
    private struct Key: Hashable {
        let place: String
        let beforeHash: String?
    }

    private static func key(of found: CutCall.Change, in folder: String) -> Key {
        let path = found.change.path
        return Key(place: path.hasPrefix("/") ? path : folder + "/" + path, beforeHash: found.change.beforeHash)
    }

    private func told(since position: SequenceNumber, in folder: String) async throws -> Set<Key> {
        let events = try await store.read(keeping.session, types: [.fileChanged], after: position, limit: .max)
        return Set(
            events.compactMap { event in
                guard case .fileChanged(let change) = event.payload else { return nil }
                return Key(place: change.place(in: folder), beforeHash: change.beforeHash)
            })
    }
}
