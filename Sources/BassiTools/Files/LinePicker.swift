import Foundation

/// Picks lines by their number out of a file of any size, and holds no more of it than these.
struct LinePicker {
    private let numbers: Set<Int>
    private let last: Int
    private let bytesMax: Int
    private let cancellation: FileWork.Cancellation

    /// - Parameter bytesMax: A longer line is cut, and says how long it is.
    init(_ numbers: Set<Int>, bytesMax: Int, _ cancellation: FileWork.Cancellation) {
        self.numbers = numbers
        self.bytesMax = bytesMax
        self.cancellation = cancellation
        last = numbers.max() ?? 0
    }

    func lines(of entry: FileEntry) throws(ToolError) -> [Int: String] {
        try entry.withOpenFile { descriptor, status throws(ToolError) in
            var start = [UInt8](repeating: 0, count: 2)
            if pread(descriptor, &start, 2, 0) == 2, start == [0xFF, 0xFE] || start == [0xFE, 0xFF] {
                return try linesOfUTF16(entry)
            }
            return scan(descriptor)
        }
    }

    /// A line that is being read.
    private struct Line {
        var bytes: [UInt8] = []
        var count = 0

        mutating func add(_ piece: UnsafeRawBufferPointer, atMost most: Int) {
            count += piece.count
            bytes += piece.prefix(max(0, most - bytes.count))
        }
    }

    private func scan(_ descriptor: Int32) -> [Int: String] {
        var (found, number, line): ([Int: String], Int, Line) = ([:], 1, Line())
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while number <= last, !cancellation.isCancelled {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            buffer.withUnsafeBytes { bytes in
                var rest = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                while let start = rest.baseAddress, number <= last {
                    let end = memchr(start, 0x0A, rest.count).map { start.distance(to: UnsafeRawPointer($0)) }
                    if numbers.contains(number) {
                        line.add(UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.count)]), atMost: bytesMax + 4)
                        // The end of a line without one is the end of the file.
                        found[number] = text(line, number)
                    }
                    guard let end else { return }
                    (number, line) = (number + 1, Line())
                    rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
                    if rest.isEmpty { return }
                }
            }
        }
        return found
    }

    private func text(_ line: Line, _ number: Int) -> String {
        var bytes = line.bytes[...]
        if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard line.count > bytesMax else {
            return String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
        }
        bytes = bytes.prefix(bytesMax)
        // Not in the middle of a character.
        while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
        if let last = bytes.last, last & 0xC0 == 0xC0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self) + "… (this line has \(line.count) bytes)"
    }

    /// Ripgrep reads it as text, so it is shown as text.
    private func linesOfUTF16(_ entry: FileEntry) throws(ToolError) -> [Int: String] {
        let whole = String(data: Data(try entry.read().bytes), encoding: .utf16) ?? ""
        var found: [Int: String] = [:]
        for (index, line) in TextLines.split(whole).enumerated() where numbers.contains(index + 1) {
            found[index + 1] = TextLines.shortened(line, bytesMax: bytesMax)
        }
        return found
    }
}
