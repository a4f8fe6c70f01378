import BassiEvents
import BassiPermissions

extension ToolContext {
    /// Whether the call, which may have happened before a crash, is still to happen.
    ///
    /// The log says what a file was before the first attempt began. On a later one the file must be that, and the call
    /// happens, or what the call makes of it, and it has happened; anything else is somebody else's work.
    ///
    /// - Throws: ``ToolError`` with the outcome `in_doubt`; for a first attempt `file_changed`.
    func mustStillHappen(_ place: FilePlace, _ now: FileState, after: FileState) throws(ToolError) -> Bool {
        let recorded = recorded.first { $0.place.utf8.elementsEqual(place.path.utf8) }
        let before = FileState(recorded?.before)
        if attempt == 1 {
            guard before == nil || before == now else {
                throw ToolError("file_changed", "'\(place.shown)' has changed just now: look at it again")
            }
            return true
        }
        if now == after { return false }
        guard now != before else { return true }
        throw ToolError(
            "in_doubt",
            "The program stopped while this call ran, and '\(place.shown)' is neither what it was before nor what this call "
                + "would make of it: somebody else has changed it. Read it, then decide whether to write it.",
            outcome: .inDoubt)
    }

    /// Keeps the state in which a file was read or written, and gives what the log keeps of it.
    func remember(_ place: FilePlace, _ sha256: String) -> SeenFile {
        files.remember(place, sha256)
        return SeenFile(path: place.path, sha256: sha256)
    }
}

extension ToolExecutor {
    /// Where a call's paths lead, for the log. Of a call that may run twice, or that changes the file, also what is
    /// there: whoever comes after a crash must know. What an earlier attempt has recorded stays.
    ///
    /// - Parameter keep: Keeps what a file that is about to change holds, and gives the name of the blob.
    package func places(
        of call: ToolCallRequest, recorded: [CallPlace], keep: ([UInt8]) async -> String?
    ) async -> [CallPlace] {
        guard recorded.isEmpty else { return recorded }
        let changesFiles = registry[call.toolName] is any FileChangingTool
        var places: [CallPlace] = []
        for path in call.resolved {
            guard let place = path.place else { continue }
            var (before, snapshot): (String?, String?)
            if changesFiles || call.effect == .idempotent, let file = try? FilePlace(place, shown: path.path),
                let found = try? await FileWork.run({ _ in try FileLook(file) })
            {
                before = found.state.recorded
                if changesFiles, let bytes = found.bytes { snapshot = await keep(bytes) }
            }
            places.append(CallPlace(path: path.path, place: place, before: before, snapshot: snapshot))
        }
        return places
    }
}
