/// Behind a place that is not understood: for rules that restrict, each command that can stand there is looked for.
///
/// Where quotes begin and end is not known there, so that a command can begin behind every sign that parts two. It is
/// read from there, with its escapes and variables: `echo ${!x}; $'\x72m' y` has an `rm`.
extension ShellParser {
    /// As many bytes are read for it, again and again behind each sign.
    private static let recoveredBytesMax = 1 << 15
    /// Behind as many signs a command is looked for.
    private static let recoveredStartsMax = 64
    /// As many commands are found there.
    private static let recoveredCommandsMax = 1_024

    /// Adds the commands that can begin behind the offset.
    mutating func recover(from offset: Int) {
        var (bytesLeft, startsLeft) = (Self.recoveredBytesMax, Self.recoveredStartsMax)
        let commandsMax = commands.count + Self.recoveredCommandsMax
        var start = min(offset, bytes.count)
        if start == 0 { recover(at: 0, &bytesLeft) }
        while let sign = bytes[start...].firstIndex(where: Self.partsCommands) {
            start = sign + 1
            startsLeft -= 1
            // What is left could be anything.
            guard bytesLeft > 0, startsLeft > 0, commands.count < commandsMax else {
                return emit([.unknown], offset: sign)
            }
            recover(at: start, &bytesLeft)
        }
    }

    private mutating func recover(at start: Int, _ bytesLeft: inout Int) {
        var reader = ShellParser(bytes, depth: baseDepth)
        reader.at = start
        reader.repeats = 1
        reader.recovers = false
        reader.readOne()
        bytesLeft -= reader.at - start + 1
        commands += reader.commands.filter { $0.words != [.unknown] || commands.last?.words != $0.words }
        values.merge(reader.values) { $0 + $1 }
    }

    /// Reads one simple command, behind the words of the grammar that can stand before it.
    private mutating func readOne() {
        do throws(Failure) {
            try skipBlanks()
            while let word = reserved(), !["for", "select", "case", "[[", "function"].contains(word) {
                at += word.utf8.count
                try skipBlanks()
            }
            try simpleCommand()
        } catch {
            problems.append(error)
        }
    }

    private static func partsCommands(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "{"), UInt8(ascii: "`"), UInt8(ascii: "\n"):
            true
        default: false
        }
    }
}
