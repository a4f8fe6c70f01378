/// Two versions of a file as a unified diff, as `git apply` and `patch` read it.
public enum UnifiedDiff {
    /// Lines around a change.
    static let contextLines = 3
    /// Between the first and the last change no more lines than this are compared: the work grows with their square.
    static let comparedLinesMax = 2_000
    /// A diff ends after so many bytes; what is left out is counted in a last line.
    static let bytesMax = 64 << 10

    /// The diff; nil for a file that is not there. Empty where both are the same.
    public static func text(path: String, before: [UInt8]?, after: [UInt8]?) -> String {
        guard before != after else { return "" }
        let (old, new) = (name(before, "a/" + path), name(after, "b/" + path))
        guard let oldText = FileText.text(of: before ?? []), let newText = FileText.text(of: after ?? []) else {
            return "Binary files \(old) and \(new) differ\n"
        }
        let (oldLines, newLines) = (lines(of: oldText), lines(of: newText))
        var text = "--- \(old)\n+++ \(new)\n"
        let hunks = hunks(edits(oldLines, newLines))
        for (index, hunk) in hunks.enumerated() {
            let piece = hunk.text
            guard text.utf8.count + piece.utf8.count <= bytesMax else {
                return text + "# \(hunks.count - index) more changes are left out\n"
            }
            text += piece
        }
        return text
    }

    /// All lines of the diff of two texts, without the two that name the files: for who has to see the whole of a change
    /// before it is made. Empty where both are the same.
    package static func lines(before: String, after: String) -> [String] {
        hunks(edits(lines(of: before), lines(of: after))).flatMap { hunk in
            hunk.text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    private static func name(_ bytes: [UInt8]?, _ path: String) -> String { bytes == nil ? "/dev/null" : path }

    /// Lines with their ends, so that a last one without is another one.
    private static func lines(of text: String) -> [Substring] {
        var lines: [Substring] = []
        let bytes = text.utf8
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A).map { bytes.index(after: $0) } ?? bytes.endIndex
            lines.append(text[start..<end])
            start = end
        }
        return lines
    }

    // MARK: - What is kept, taken out and put in

    private enum Edit {
        case keep(Substring)
        case remove(Substring)
        case insert(Substring)
    }

    private static func edits(_ old: [Substring], _ new: [Substring]) -> [Edit] {
        func isSame(_ left: Substring, _ right: Substring) -> Bool { left.utf8.elementsEqual(right.utf8) }
        var first = 0
        while first < min(old.count, new.count), isSame(old[first], new[first]) { first += 1 }
        var last = 0
        while last < min(old.count, new.count) - first, isSame(old[old.count - 1 - last], new[new.count - 1 - last]) {
            last += 1
        }
        let (left, right) = (old[first..<(old.count - last)], new[first..<(new.count - last)])
        let middle =
            left.count + right.count > comparedLinesMax
            ? left.map(Edit.remove) + right.map(Edit.insert) : compared(Array(left), Array(right), isSame)
        return old[..<first].map(Edit.keep) + middle + old[(old.count - last)...].map(Edit.keep)
    }

    private static func compared(
        _ old: [Substring], _ new: [Substring], _ isSame: (Substring, Substring) -> Bool
    ) -> [Edit] {
        let difference = new.difference(from: old, by: isSame)
        let removed = Set(difference.removals.map(offset))
        let inserted = Set(difference.insertions.map(offset))
        var (edits, at, to): ([Edit], Int, Int) = ([], 0, 0)
        while at < old.count || to < new.count {
            if at < old.count, removed.contains(at) {
                edits.append(.remove(old[at]))
                at += 1
            } else if to < new.count, inserted.contains(to) {
                edits.append(.insert(new[to]))
                to += 1
            } else {
                edits.append(.keep(old[at]))
                (at, to) = (at + 1, to + 1)
            }
        }
        return edits
    }

    private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
        switch change {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }

    // MARK: - Hunks

    private struct Hunk {
        let oldStart: Int
        let newStart: Int
        var oldCount = 0
        var newCount = 0
        var lines: [String] = []

        mutating func add(_ mark: Character, _ line: Substring) {
            let hasEnd = line.utf8.last == 0x0A
            lines.append("\(mark)\(line)\(hasEnd ? "" : "\n\\ No newline at end of file\n")")
            if mark != "+" { oldCount += 1 }
            if mark != "-" { newCount += 1 }
        }

        var text: String {
            // A side without lines is named by the line before it.
            let (old, new) = (oldCount == 0 ? oldStart - 1 : oldStart, newCount == 0 ? newStart - 1 : newStart)
            return "@@ -\(old),\(oldCount) +\(new),\(newCount) @@\n" + lines.joined()
        }
    }

    private static func hunks(_ edits: [Edit]) -> [Hunk] {
        let changed = edits.indices.filter { if case .keep = edits[$0] { false } else { true } }
        var ranges: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - contextLines)..<min(edits.count, index + contextLines + 1)
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        var (hunks, next, old, new): ([Hunk], Int, Int, Int) = ([], 0, 1, 1)
        for range in ranges {
            // Between two hunks everything is kept.
            (old, new) = (old + range.lowerBound - next, new + range.lowerBound - next)
            var hunk = Hunk(oldStart: old, newStart: new)
            for edit in edits[range] {
                switch edit {
                case .keep(let line): hunk.add(" ", line)
                case .remove(let line): hunk.add("-", line)
                case .insert(let line): hunk.add("+", line)
                }
            }
            (old, new, next) = (old + hunk.oldCount, new + hunk.newCount, range.upperBound)
            hunks.append(hunk)
        }
        return hunks
    }
}
