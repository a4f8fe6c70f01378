import BassiProcess
import Foundation

/// The lines that were found so far.
///
/// The program that searches opens files by their names, and a folder could be exchanged for a link under its hands. So
/// what it prints says only where to look: the lines that are shown are read again, through the open folder.
struct SearchResult {
    static let lineBytesMax = 500

    let linesMax: Int
    /// Whether everything was looked at.
    var isWhole = true
    private let place: SearchPlace
    private var lines: [String] = []
    private var more = 0
    private var complaint: String?

    init(in place: SearchPlace, linesMax: Int) {
        self.place = place
        self.linesMax = linesMax
    }

    var isFull: Bool { lines.count >= linesMax }

    mutating func add(_ output: CollectedOutput, _ timeLimit: Duration) async throws {
        switch output.ending {
        // Both programs say 1 when nothing matches.
        case .exited(0), .exited(1): break
        case .cancelled: throw CancellationError()
        case .timedOut:
            throw ToolError("timed_out", "the search took more than \(timeLimit): narrow it down", outcome: .timedOut)
        case .exited, .signalled, .tooManyProcesses:
            // They say 2 also when one file of many cannot be read: what they found still counts.
            let words = String(decoding: output.standardError.prefix(2000), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !output.standardOutput.isEmpty || isFull else {
                throw ToolError("failed", "the search failed: \(words)")
            }
            complaint = words
        }
        if output.standardOutputTotalBytes > output.standardOutput.count { isWhole = false }
        let found = FoundLine.all(in: output.standardOutput)
        let room = linesMax - lines.count
        more += max(0, found.count - room)
        let place = place
        lines += try await FileWork.run { cancellation in
            try Self.read(Array(found.prefix(room)), in: place, cancellation)
        }
    }

    /// The lines as they are in the files, those of one file together. What cannot be reached is left out.
    private static func read(
        _ found: [FoundLine], in place: SearchPlace, _ cancellation: FileWork.Cancellation
    ) throws -> [String] {
        var shown: [String] = []
        var rest = found[...]
        while let first = rest.first {
            let ofFile = rest.prefix { $0.path == first.path }
            rest = rest.dropFirst(ofFile.count)
            guard let path = first.path else {
                shown.append("--")
                continue
            }
            try cancellation.check()
            let picker = LinePicker(Set(ofFile.map(\.number)), bytesMax: lineBytesMax, cancellation)
            guard let entry = place.entry(path), let texts = try? picker.lines(of: entry) else { continue }
            for line in ofFile {
                guard let text = texts[line.number] else { continue }
                let mark = line.isMatch ? ":" : "-"
                shown.append("\(entry.shown)\(mark)\(line.number)\(mark)\(text)")
            }
        }
        return shown
    }

    var text: String {
        var shown = lines
        if more > 0 || !isWhole {
            let count = isWhole ? "\(more)" : more > 0 ? "at least \(more)" : "perhaps"
            shown.append("(\(count) more lines: narrow it down, or raise limit)")
        }
        if let complaint { shown.append("(not everything could be searched: \(complaint))") }
        return shown.isEmpty ? "(nothing matches)" : shown.joined(separator: "\n")
    }
}

/// Where a program has found something: `NAME`, a zero byte, `NUMBER:` for a match and `NUMBER-` for a line around one.
struct FoundLine: Sendable {
    /// Nil for the line between two pieces of a file.
    let path: [UInt8]?
    let number: Int
    let isMatch: Bool

    static func all(in output: [UInt8]) -> [FoundLine] {
        output.split(separator: 0x0A).compactMap { line in
            if line.elementsEqual("--".utf8) { return FoundLine(path: nil, number: 0, isMatch: false) }
            guard let end = line.firstIndex(of: 0) else { return nil }
            let digits = line[(end + 1)...].prefix { (0x30...0x39).contains($0) }
            guard digits.endIndex < line.endIndex, let number = Int(String(decoding: digits, as: UTF8.self)) else {
                return nil
            }
            return FoundLine(path: Array(line[..<end]), number: number, isMatch: line[digits.endIndex] == 0x3A)
        }
    }
}
