import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools
import Foundation

/// Takes back what the tools of a session, and of those that worked for it, did to files: in its last run, or after an
/// event.
///
/// ```swift
/// let undo = try await FileUndo(session, in: store)          // what would be done
/// if undo.conflicts.isEmpty { try await undo.perform(in: store) }
/// ```
///
/// What it does is in the log as `file_changed` events of its own, so it can be taken back too. A file that is not as
/// the session left it is a conflict and stays; one that is as it was before is done already, so an undo that broke off
/// is finished by another one.
public struct FileUndo: Sendable {
    /// What becomes of one file.
    public struct Step: Sendable, Equatable {
        /// What is done to it.
        public enum Action: Sendable, Equatable {
            /// It gets the content of this blob again.
            case restore(BlobName)
            /// It was made, so it goes.
            case delete
        }

        /// The file as the events name it.
        public let path: String
        /// What is done.
        public let action: Action
        /// Whose log keeps the file as it was.
        let keeper: SessionID
        /// What the file was when this was planned: what comes in between is nobody's to overwrite.
        let found: FileState
        /// Where it is: no link that has come in since is followed.
        let place: FilePlace
        /// The mode that it had, where it was taken away.
        let mode: UInt16?

        /// Where the file is, absolute, where its name leads through a link; nil where the name says it.
        public var realPath: String? { place.behindLink }
    }

    /// A file that is left alone, and why.
    public struct Conflict: Sendable, Equatable, CustomStringConvertible {
        /// The file as the events name it.
        public let path: String
        /// Why, in a few words.
        public let reason: String

        /// `PATH: REASON`.
        public var description: String { "\(path): \(reason)" }
    }

    /// What all changes of one file come to.
    private struct Span {
        let first: FileHistory.Entry
        var last: FileHistory.Entry
        /// Why it may have more in it than the session's work.
        var doubt: String?

        init(_ entry: FileHistory.Entry) {
            (first, last) = (entry, entry)
            note(entry)
        }

        mutating func add(_ entry: FileHistory.Entry) {
            if entry.change.beforeHash != last.change.afterHash { doubt = "it was changed by others in between" }
            last = entry
            note(entry)
        }

        private mutating func note(_ entry: FileHistory.Entry) {
            guard entry.change.inDoubt == true else { return }
            doubt = doubt ?? "it was found changed after a crash, maybe by others"
        }
    }

    /// The session.
    public let session: SessionID
    /// What would be done, in the order of the log.
    public private(set) var steps: [Step] = []
    /// What stands in the way. With any, nothing is done unless it is said that these may be overwritten.
    public private(set) var conflicts: [Conflict] = []
    /// What would be done to files that have changed since, if those may be overwritten.
    public private(set) var overwriting: [Step] = []

    /// Looks what would be done.
    ///
    /// - Parameter position: Everything after it is taken back; nil for what the last run with changes did.
    /// - Throws: ``SessionError/unknownSession(_:)``.
    public init(_ session: SessionID, after position: SequenceNumber? = nil, in store: any EventStore) async throws {
        self.session = session
        let history = try await FileHistory(of: session, in: store)
        let chosen = if let position { try await history.after(position) } else { history.ofLastRun }
        for span in Self.spans(chosen) { await plan(span) }
    }

    private static func spans(_ entries: [FileHistory.Entry]) -> [Span] {
        // By bytes: two spellings of an accented letter are one key to Swift and two files to the system.
        var (spans, places): ([Span], [[UInt8]: Int]) = ([], [:])
        for entry in entries {
            let name = Array(entry.place.utf8)
            if let place = places[name] {
                spans[place].add(entry)
            } else {
                places[name] = spans.count
                spans.append(Span(entry))
            }
        }
        return spans
    }

    private mutating func plan(_ span: Span) async {
        let (change, path) = (span.first.change, span.first.change.path)
        // Where the file was when it was changed. Below the session's folder no link is followed: one that was there then
        // is in the event.
        guard let place = try? FilePlace(span.first.place, shown: path, behindLink: change.place) else {
            return conflicts.append(Conflict(path: path, reason: "its name is not one that could be opened"))
        }
        let now: FileState
        do { now = try await FileState.read(place) } catch {
            return conflicts.append(Conflict(path: path, reason: "\(error)"))
        }
        let wasThere = change.kind != .created
        if wasThere ? now == .content(change.beforeHash ?? "") : now == .absent { return }
        guard let action = Self.action(back: change) else {
            return conflicts.append(Conflict(path: path, reason: "it was not kept as it was"))
        }
        let mode = change.mode.flatMap { UInt16($0, radix: 8) }
        let step = Step(
            path: path, action: action, keeper: span.first.session, found: now, place: place, mode: mode)
        let left: FileState = span.last.change.afterHash.map { .content($0) } ?? .absent
        if now == left, span.doubt == nil { return steps.append(step) }
        let doubt = now == left ? span.doubt : nil
        conflicts.append(Conflict(path: path, reason: doubt ?? "it has changed since"))
        overwriting.append(step)
    }

    private static func action(back change: FileChanged) -> Step.Action? {
        if change.kind == .created { return .delete }
        return change.snapshot.flatMap { BlobName($0) }.map { .restore($0) }
    }

    // MARK: - Doing it

    /// Does it, and writes down what was done.
    ///
    /// - Parameters:
    ///   - overwrites: Whether files that have changed since are overwritten.
    ///   - environment: Its secrets are kept out of the log.
    /// - Returns: The steps that were done.
    /// - Throws: `StoreError.owned` while another process goes on with the session, `ToolError` for a file that has
    ///   changed after the look, and what the disk says; what was done until then is in the log.
    @discardableResult
    public func perform(
        overwriting overwrites: Bool = false, in store: any EventStore,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> [Step] {
        let all = steps + (overwrites ? overwriting : [])
        guard !all.isEmpty else { return [] }
        let redactor = Redactor(secrets: SecretVariables.all(in: environment))
        let lease = try await store.acquireLease(of: session)
        do {
            for step in all { try await perform(step, redactor, under: lease, in: store) }
        } catch {
            await store.releaseLease(lease)
            throw error
        }
        await store.releaseLease(lease)
        return all
    }

    private func perform(
        _ step: Step, _ redactor: Redactor, under lease: Lease, in store: any EventStore
    ) async throws {
        let content: [UInt8]? =
            if case .restore(let blob) = step.action { try await store.blobs.read(blob, of: step.keeper) } else { nil }
        let change = try await FileState.replace(step.place, by: content, mode: step.mode, ifStill: step.found)
        let keeping = FileChangeKeeping(session: session, redactor: redactor, blobs: store.blobs)
        guard let event = await keeping.event(of: change) else { return }
        let drafting = EventDrafting(session: session, redactor: redactor, blobs: store.blobs)
        let draft = try await drafting.draft(event).draft
        let head = try await store.head(of: session) ?? .start
        _ = try await store.append([draft], to: session, expecting: .exact(head), until: .durable, under: lease)
    }
}
