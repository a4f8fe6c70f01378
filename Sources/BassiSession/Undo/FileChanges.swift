import BassiEvents
import BassiStore
import BassiTools

/// What calls do to files, as events: what a file was is in the blob store before the event that names it.
struct FileChangeKeeping: Sendable {
    let session: SessionID
    let redactor: Redactor
    let blobs: any BlobStore

    /// Keeps a file that is about to change. Gives the name of its blob; nil where it cannot be kept: there is no room,
    /// or it has a secret, which no file of ours may hold.
    func keep(_ bytes: [UInt8]) async -> String? {
        let redactor = redactor
        guard await FileWork.runToEnd({ redactor.redact(attachment: bytes) == bytes }) else { return nil }
        return try? await blobs.put(bytes, in: session).description
    }

    /// What was kept.
    func kept(_ blob: String) async -> [UInt8]? {
        guard let name = BlobName(blob) else { return nil }
        return try? await blobs.read(name, of: session)
    }

    /// The events of what a call did; none for one that failed.
    ///
    /// - Parameter places: What was kept before it started.
    func events(of result: Result<ToolResult, ToolError>, _ places: [CallPlace]) async -> [EventPayload] {
        var events: [EventPayload] = []
        for change in (try? result.get())?.changes ?? [] {
            if let event = await event(of: change, places) { events.append(event) }
        }
        return events
    }

    /// The event of a change; nil where nothing changed. A change whose event has no `snapshot`, of a file that was
    /// there, cannot be taken back.
    func event(of change: FileChange, _ places: [CallPlace] = [], inDoubt: Bool? = nil) async -> EventPayload? {
        let afterHash = change.after.map { BlobName(of: $0).description }
        guard change.existed != (change.after != nil) || change.beforeHash != afterHash else { return nil }
        let redactor = redactor
        let diff = await FileWork.runToEnd { change.without(redactor).diff }
        let kind: FileChangeKind = !change.existed ? .created : change.after == nil ? .deleted : .modified
        return .fileChanged(
            FileChanged(
                path: change.path, kind: kind, beforeHash: change.beforeHash, afterHash: afterHash,
                diff: diff, snapshot: await snapshot(of: change, places), place: change.place,
                mode: change.existed ? change.mode.map { String($0, radix: 8) } : nil, inDoubt: inDoubt))
    }

    private func snapshot(of change: FileChange, _ places: [CallPlace]) async -> String? {
        guard change.existed else { return nil }
        if places.contains(where: { $0.snapshot != nil && $0.snapshot == change.beforeHash }) {
            return change.beforeHash
        }
        return if let before = change.before { await keep(before) } else { nil }
    }
}

extension FileChange {
    /// Without secrets, before it is compared: the marks of a diff would break up a secret of several lines, and hide it.
    fileprivate func without(_ redactor: Redactor) -> FileChange {
        func clean(_ bytes: [UInt8]?) -> [UInt8]? { bytes.map { redactor.redact(attachment: $0) ?? $0 } }
        return FileChange(path: path, existed: existed, before: clean(before), after: clean(after))
    }
}

extension FileChanged {
    /// Where the file is, absolute, in a session of this folder.
    func place(in folder: String) -> String { place ?? (path.hasPrefix("/") ? path : folder + "/" + path) }
}
