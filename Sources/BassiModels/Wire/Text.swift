extension StringProtocol where SubSequence == Substring {
    /// Whether there is nothing to read here.
    package var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// Without the white space at both ends.
    package var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...end]
    }
}
