import BassiEvents

/// A tool whose call changes the one file that it names, to what its input and the file decide.
///
/// The file is kept before such a call starts, so what the call did is known, and can be taken back, also when the
/// program was killed before the call could say it.
package protocol FileChangingTool: Tool {
    /// What the file holds after the call.
    ///
    /// - Parameters:
    ///   - before: What it holds before; nil where it is not there.
    ///   - name: The file as it is shown.
    /// - Throws: ``ToolError`` where the call would fail.
    func content(_ input: JSONValue, over before: [UInt8]?, named name: String) throws -> [UInt8]
}

/// A call that has started and of whose end the log knows nothing.
package struct CutCall: Sendable {
    /// A file that is not what it was before the call.
    package struct Change: Sendable {
        /// What has become of it.
        package let change: FileChange
        /// Whether it is what the call makes of it; else it may be somebody else's work.
        package let isCertain: Bool
    }

    private let tool: any FileChangingTool
    private let input: JSONValue
    private let places: [CallPlace]
    private let folder: String

    /// A call; nil for one that changes no file.
    ///
    /// - Parameters:
    ///   - places: What the log has of its files from before it started.
    ///   - folder: The session's, without a link.
    package init?(_ toolName: String, _ input: JSONValue, places: [CallPlace], folder: String) {
        guard let tool = ToolRegistry.builtIn[toolName] as? any FileChangingTool else { return nil }
        (self.tool, self.input, self.places, self.folder) = (tool, input, places, folder)
    }

    /// Looks what became of its files.
    ///
    /// - Parameter kept: Gives what was kept of a file, by the name of its blob.
    package func changes(kept: (String) async -> [UInt8]?) async -> [Change] {
        var changes: [Change] = []
        for place in places {
            guard let before = FileState(place.before) else { continue }
            let bytes: [UInt8]? = if let blob = place.snapshot { await kept(blob) } else { nil }
            if let change = await change(of: place, from: before, bytes) { changes.append(change) }
        }
        return changes
    }

    private func change(of place: CallPlace, from before: FileState, _ bytes: [UInt8]?) async -> Change? {
        let shown = place.place.hasPrefix(folder + "/") ? String(place.place.dropFirst(folder.count + 1)) : place.place
        guard let file = try? FilePlace(place.place, shown: shown) else { return nil }
        let (tool, input) = (tool, input)
        // What cannot be read is nothing that could be said to have changed.
        return try? await FileWork.run { _ in
            let now = try FileLook(file)
            guard now.state != before, now.state != .unreadable else { return nil }
            let change = FileChange(file, from: before, bytes, now: now)
            let isKnown = before == .absent || bytes != nil
            let made = isKnown ? try? tool.content(input, over: bytes, named: shown) : nil
            return Change(change: change, isCertain: made != nil && made == now.bytes)
        }
    }
}
