import BassiEvents

/// What a file is now, for a person who is asked whether it may become something else.
package enum PresentFile: Sendable, Equatable {
    /// There is none.
    case absent
    /// All of it.
    case text(String)
    /// There is something that cannot be compared: it is no text, too large, or cannot be read.
    case incomparable

    /// Looks at a place that was decided about; no link is followed.
    package static func at(_ place: CallPlace) async -> PresentFile {
        guard let file = try? FilePlace(place.place, shown: place.path),
            let found = try? await FileWork.run({ _ in try FileLook(file) })
        else { return .incomparable }
        if found.state == .absent { return .absent }
        guard let bytes = found.bytes, bytes.count <= FileChange.comparedBytesMax, let text = FileText.text(of: bytes)
        else { return .incomparable }
        return .text(text)
    }
}
