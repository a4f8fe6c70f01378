/// The lines of a text as every other program counts them: ended by LF or CRLF, and by nothing else that Unicode calls
/// a line end.
enum TextLines {
    /// Without their ends; after a line end at the text's end no line follows.
    static func split(_ text: String) -> [Substring] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
    }

    /// The line, or its beginning and how long it is. A limit in bytes: one character can have any number of them.
    static func shortened(_ line: Substring, bytesMax: Int) -> String {
        guard line.utf8.count > bytesMax else { return String(line) }
        var end = line.utf8.index(line.startIndex, offsetBy: bytesMax)
        while line.utf8[end] & 0xC0 == 0x80 { end = line.utf8.index(before: end) }
        return "\(line[..<end])… (this line has \(line.utf8.count) bytes)"
    }
}
