import BassiEvents
import Synchronization

/// The output of a command: text as it comes for those who watch, head and tail of it for the model, all of it for
/// whoever looks afterwards.
final class ShellOutput: Sendable {
    private struct State {
        var kept: HeadAndTail
        var whole: [UInt8] = []
        var unkeptBytes = 0
        var out = UTF8Decoder()
        var err = UTF8Decoder()
        var liveBytes = 0
    }

    private let state: Mutex<State>
    private let liveBytesMax: Int
    private let wholeBytesMax: Int

    init(charactersMax: Int, liveBytesMax: Int, wholeBytesMax: Int) {
        state = Mutex(State(kept: HeadAndTail(bytesMax: charactersMax)))
        self.liveBytesMax = liveBytesMax
        self.wholeBytesMax = wholeBytesMax
    }

    /// Takes bytes as they came; gives the text to show, if any. Beyond the limit it says so once.
    func take(_ bytes: [UInt8], from stream: ToolStream) -> String? {
        state.withLock { state in
            let text = stream == .stdout ? state.out.decode(bytes) : state.err.decode(bytes)
            append(text, to: &state)
            guard !text.isEmpty, state.liveBytes <= liveBytesMax else { return nil }
            state.liveBytes += text.utf8.count
            return state.liveBytes <= liveBytesMax ? text : "\n(more output follows and is not shown while it runs)\n"
        }
    }

    /// What is left, on each stream, of a character that never became whole.
    func finish() -> [(ToolStream, String)] {
        state.withLock { state in
            let rest = [(ToolStream.stdout, state.out.finish()), (.stderr, state.err.finish())]
                .filter { !$0.1.isEmpty }
            for (_, text) in rest { append(text, to: &state) }
            return rest
        }
    }

    /// The text for the model, and how much was left out of it.
    func kept() -> (String, Truncation?) { state.withLock { $0.kept.result } }

    /// All of it, or its beginning up to the limit and how much follows; nil where the model has all of it.
    func whole() -> String? {
        state.withLock { state in
            guard state.kept.result.1 != nil else { return nil }
            let text = String(decoding: state.whole, as: UTF8.self)
            return state.unkeptBytes == 0 ? text : text + "\n[… \(state.unkeptBytes) bytes more were not kept …]\n"
        }
    }

    /// Once a piece does not fit, none that follows is kept: what is there is a beginning and has no hole.
    private func append(_ text: String, to state: inout State) {
        state.kept.append(text)
        if state.unkeptBytes == 0, state.whole.count + text.utf8.count <= wholeBytesMax {
            state.whole += text.utf8
        } else {
            state.unkeptBytes += text.utf8.count
        }
    }
}

/// The beginning and the end of a text that may be endless.
package struct HeadAndTail: Sendable {
    private let halfMax: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var totalBytes = 0

    /// Keeps about so many bytes.
    package init(bytesMax: Int) { halfMax = bytesMax / 2 }

    /// Takes what comes next.
    package mutating func append(_ text: String) {
        var rest = Array(text.utf8)[...]
        totalBytes += rest.count
        if head.count < halfMax {
            let part = rest.prefix(halfMax - head.count)
            head += part
            rest = rest.dropFirst(part.count)
        }
        tail += rest
        // Cut back at twice the size only, so that each byte is moved once on average.
        if tail.count > 2 * halfMax { tail.removeFirst(tail.count - halfMax) }
    }

    /// What is kept, and how much is left out of it.
    package var result: (String, Truncation?) {
        let end = tail.suffix(halfMax)
        let keptBytes = head.count + end.count
        guard keptBytes < totalBytes else { return (String(decoding: head + end, as: UTF8.self), nil) }
        let note = "\n[… \(totalBytes - keptBytes) bytes left out …]\n"
        let text = String(decoding: Self.whole(head[...]), as: UTF8.self) + note
        return (
            text + String(decoding: end.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self),
            Truncation(totalBytes: totalBytes, keptBytes: keptBytes)
        )
    }

    /// Without a character that was cut at the end.
    private static func whole(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return bytes }
        let needed = bytes[last] < 0x80 ? 1 : bytes[last] < 0xE0 ? 2 : bytes[last] < 0xF0 ? 3 : 4
        return bytes.endIndex - last < needed ? bytes[..<last] : bytes
    }
}

/// Decodes UTF-8 that comes in pieces: a character cut between two pieces waits for its rest; what is no UTF-8, and
/// NUL, which no terminal and no database likes, becomes U+FFFD.
struct UTF8Decoder {
    private var rest: [UInt8] = []

    mutating func decode(_ bytes: [UInt8]) -> String {
        var all = rest + bytes
        let keep = Self.unfinished(all)
        rest = Array(all.suffix(keep))
        all.removeLast(keep)
        return Self.text(all)
    }

    mutating func finish() -> String {
        defer { rest = [] }
        return Self.text(rest)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    /// How many bytes at the end begin a character that is not whole yet.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 && byte < 0xF8 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return byte < 0xF8 && needed > back ? back : 0
        }
        return 0
    }
}
