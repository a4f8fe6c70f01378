import BassiEvents
import BassiStore
import BassiTools

/// What a call did to files, as events: what they were is in the blob store before the event that names it.
struct FileChangeKeeping: Sendable {
    let session: SessionID
    let redactor: Redactor
    let blobs: any BlobStore

    /// The events of what a call did; none for one that failed.
    func events(of result: Result<ToolResult, ToolError>) async -> [EventPayload] {
        var events: [EventPayload] = []
        for change in (try? result.get())?.changes ?? [] {
            if let event = await event(of: change) { events.append(event) }
        }
        return events
    }

    /// The event of a change; nil where nothing changed.
    func event(of change: FileChange) async -> EventPayload? {
        guard change.existed != (change.after != nil) || change.before != change.after else { return nil }
        let kind: FileChangeKind = !change.existed ? .created : change.after == nil ? .deleted : .modified
        return .fileChanged(
            FileChanged(
                path: change.path, kind: kind, beforeHash: change.before.map(Self.hash),
                afterHash: change.after.map(Self.hash), diff: withoutSecrets(change).diff,
                snapshot: await snapshot(of: change), place: change.place,
                mode: change.existed ? change.mode.map { String($0, radix: 8) } : nil))
    }

    /// Before they are compared: the marks of a diff would break up a secret of several lines, and hide it.
    private func withoutSecrets(_ change: FileChange) -> FileChange {
        func clean(_ bytes: [UInt8]?) -> [UInt8]? { bytes.map { redactor.redact(attachment: $0) ?? $0 } }
        return FileChange(
            path: change.path, existed: change.existed, before: clean(change.before), after: clean(change.after))
    }

    static func hash(_ bytes: [UInt8]) -> String { BlobName(of: bytes).description }

    /// Nil where it cannot be kept: it is too large, there is no room, or it has a secret, which no file of ours may
    /// hold. Then the change cannot be taken back, and the event says so by having none.
    private func snapshot(of change: FileChange) async -> String? {
        guard change.existed, let before = change.before, redactor.redact(attachment: before) == before else {
            return nil
        }
        return try? await blobs.put(before, in: session).description
    }
}
