import BassiEvents
import BassiPermissions
import BassiStore

/// What a session, and those that worked for it, did to files, in the order in which it happened.
struct FileHistory: Sendable {
    /// A change of a file.
    struct Entry: Sendable {
        let change: FileChanged
        /// Whose log has it, and keeps the file as it was.
        let session: SessionID
        /// Of that session, without a link.
        let folder: String
        let id: EventID
        /// The run of the first session to which it belongs; nil outside a run.
        let run: RunID?
        /// Where the first session's log has it, or the start of the sub-agent that did it.
        let seq: SequenceNumber

        /// Where the file is: absolute.
        var place: String { change.place(in: folder) }
    }

    /// All of it.
    private(set) var entries: [Entry] = []
    private let session: SessionID
    private let store: any EventStore

    /// Reads the logs.
    ///
    /// - Throws: ``SessionError/unknownSession(_:)``.
    init(of session: SessionID, in store: any EventStore) async throws {
        (self.session, self.store) = (session, store)
        entries = try await Self.entries(of: session, [session], in: store)
    }

    /// Of the last run that changed a file.
    var ofLastRun: [Entry] {
        let last = entries.last { $0.run != nil }?.run
        return entries.filter { $0.run == last }
    }

    /// Everything after a position of the session's log. What a sub-agent did then that had started before is part of it.
    func after(_ position: SequenceNumber) async throws -> [Entry] {
        guard position > .start else { return entries }
        let before = SequenceNumber(position.rawValue - 1)
        guard let last = try await store.read(session, after: before, where: .all, limit: 1).first else { return [] }
        return entries.filter { $0.seq > position || $0.id > last.id }
    }

    // MARK: - Reading

    private static let filter = EventFilter.types(
        .fileChanged, .subagentStarted, .toolCallStarted, .toolCallCompleted, .toolCallFailed)

    /// - Parameter above: The session itself and those that it works for: a log that names one of them is not followed.
    private static func entries(
        of session: SessionID, _ above: Set<SessionID>, in store: any EventStore
    ) async throws -> [Entry] {
        let folder = try await folder(of: session, in: store)
        var (entries, open): ([Entry], [ToolID: Event]) = ([], [:])
        var position = SequenceNumber.start
        while true {
            let page = try await store.read(session, after: position, where: filter, limit: 1000)
            guard let last = page.last else { break }
            for event in page {
                switch event.payload {
                case .fileChanged(let change): entries.append(Entry(change, event, folder))
                case .toolCallStarted(let call): open[call.toolID] = event
                case .toolCallCompleted(let call): open[call.toolID] = nil
                case .toolCallFailed(let call): open[call.toolID] = nil
                case .subagentStarted(let start) where !above.contains(start.childSessionID):
                    let child = start.childSessionID
                    // One that was deleted by itself, or was never begun, did nothing that could be taken back.
                    guard try await store.head(of: child) != nil else { continue }
                    let below = try await Self.entries(of: child, above.union([child]), in: store)
                    entries = merged(entries, below.map { Entry($0, of: event) })
                default: break
                }
            }
            position = last.seq
        }
        return merged(entries, try await unsaid(open.values.sorted { $0.seq < $1.seq }, folder, in: store))
    }

    /// The session's folder, without a link.
    private static func folder(of session: SessionID, in store: any EventStore) async throws -> String {
        guard let start = try await store.read(session, limit: 1).first,
            case .sessionStarted(let started) = start.payload
        else { throw SessionError.unknownSession(session) }
        let cwd = started.metadata.cwd ?? "/"
        return PathResolver(folder: "/", home: "/").resolve(cwd) ?? cwd
    }

    /// What calls did that broke off, and that no owner has looked after yet.
    private static func unsaid(
        _ open: [Event], _ folder: String, in store: any EventStore
    ) async throws -> [Entry] {
        var entries: [Entry] = []
        for event in open {
            guard case .toolCallStarted(let call) = event.payload else { continue }
            let cut = CutCalls(of: event.sessionID, in: folder, Redactor(), store)
            for case .fileChanged(let change) in try await cut.events(of: [OpenCall(call, event)]) {
                entries.append(Entry(change, event, folder, id: EventID()))
            }
        }
        return entries
    }

    /// Two histories as one. Each keeps its order, whatever the clocks of those who wrote it said.
    private static func merged(_ left: [Entry], _ right: [Entry]) -> [Entry] {
        var (entries, rest): ([Entry], ArraySlice<Entry>) = ([], right[...])
        for entry in left {
            while let next = rest.first, next.id < entry.id { entries.append(rest.removeFirst()) }
            entries.append(entry)
        }
        return entries + rest
    }
}

extension FileHistory.Entry {
    fileprivate init(_ change: FileChanged, _ event: Event, _ folder: String, id: EventID? = nil) {
        self.init(
            change: change, session: event.sessionID, folder: folder, id: id ?? event.id, run: event.runID,
            seq: event.seq)
    }

    /// The same as work for the session that started the sub-agent.
    fileprivate init(_ entry: FileHistory.Entry, of start: Event) {
        self.init(
            change: entry.change, session: entry.session, folder: entry.folder, id: entry.id, run: start.runID,
            seq: start.seq)
    }
}
