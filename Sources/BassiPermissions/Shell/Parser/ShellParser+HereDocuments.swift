/// A here-document whose text has not been read yet.
struct HereDocument: Equatable {
    let delimiter: [UInt8]
    /// With quotes in the delimiter the text stays as it is.
    let isLiteral: Bool
    /// `<<-`: tabs at the beginnings of lines do not count.
    let stripsTabs: Bool
}

extension ShellParser {
    /// Behind `<<` or `<<-`: the word that ends the text.
    mutating func hereDocument(stripsTabs: Bool) throws(Failure) -> HereDocument {
        var delimiter: [UInt8] = []
        var isLiteral = false
        let start = at
        while let next = byte, !Self.endsWord(next) {
            at += 1
            switch next {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let end = bytes[at...].firstIndex(of: next) else {
                    throw problem("a quote is not closed", at: start)
                }
                guard !bytes[at..<end].contains(where: { "\\$`\n".utf8.contains($0) }) else {
                    throw problem("the end of a here-document is written in an uncommon way", at: start)
                }
                delimiter += bytes[at..<end]
                at = end + 1
                isLiteral = true
            case UInt8(ascii: "\\"):
                guard let escaped = byte, escaped != UInt8(ascii: "\n") else { throw unexpected() }
                delimiter.append(escaped)
                at += 1
                isLiteral = true
            case UInt8(ascii: "$"), UInt8(ascii: "`"):
                throw problem("the end of a here-document is written in an uncommon way", at: start)
            default: delimiter.append(next)
            }
        }
        guard !delimiter.isEmpty else { throw problem("a here-document needs a word that ends it", at: start) }
        return HereDocument(delimiter: delimiter, isLiteral: isLiteral, stripsTabs: stripsTabs)
    }

    /// Behind the end of a line: the texts of the here-documents that began in it.
    mutating func hereDocuments() throws(Failure) {
        guard !outerIsPending else {
            throw problem("a substitution has lines of its own in a line with a here-document")
        }
        let waiting = pending
        pending = []
        for document in waiting { try text(of: document) }
        documentsRead += waiting.count
    }

    private mutating func text(of document: HereDocument) throws(Failure) {
        let start = at
        while at < bytes.count {
            let lineStart = at
            let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            var line = bytes[at..<end]
            if document.stripsTabs { line = line.drop { $0 == UInt8(ascii: "\t") } }
            if line.elementsEqual(document.delimiter) {
                at = end
                if !document.isLiteral { try expand(start, lineStart) }
                if at < bytes.count { at += 1 }
                // The end of this line has been read; what follows is a new one.
                return
            }
            if !document.isLiteral, line.last == UInt8(ascii: "\\") {
                throw problem("a line of a here-document ends with a backslash", at: end)
            }
            at = min(end + 1, bytes.count)
        }
        throw problem("a here-document is not closed", at: start)
    }

    /// Takes the substitutions in the text apart.
    private mutating func expand(_ start: Int, _ end: Int) throws(Failure) {
        guard bytes[start..<end].contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "`") }) else { return }
        guard depth + 1 < ShellScript.depthMax else {
            throw problem("it is nested deeper than \(ShellScript.depthMax) levels", at: start)
        }
        var parser = ShellParser(Array(bytes[start..<end]), depth: depth + 1)
        parser.repeats = repeats
        var builder = ShellWordBuilder()
        do throws(Failure) {
            while let next = parser.byte { try parser.quotedPiece(next, into: &builder, escapes: "$`\\") }
        } catch {
            commands += parser.commands
            throw problem(error.reason, at: start + error.offset)
        }
        for var command in parser.commands {
            command.offset += start
            commands.append(command)
        }
        problems += parser.problems.map { ShellProblem($0.reason, at: start + $0.offset) }
        values.merge(parser.values) { $0 + $1 }
    }
}
