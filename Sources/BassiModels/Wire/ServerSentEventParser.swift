#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads an event stream (WHATWG HTML, section 9.2.6) from chunks cut anywhere.
///
/// Lines are split on bytes, never on characters: U+2028 or U+0085 inside JSON must not end a line.
/// A bare CR ends a line at once, for waiting for its LF would delay the event until the next chunk.
///
///     var parser = ServerSentEventParser(ending: .lenient)
///     for output in try parser.push(chunk) { … }
///     for output in try parser.finish() { … }
public struct ServerSentEventParser: Sendable {
    /// What happens to an event whose blank line is missing when the stream ends.
    public enum Ending: Sendable {
        /// The unfinished event is dropped, as the standard asks.
        case strict
        /// The unfinished event is yielded, as the clients of model providers do.
        case lenient
    }

    /// The longest line, without its line end.
    public let lineBytesMax: Int
    /// The most data of one event, with the line feeds between its lines.
    public let eventBytesMax: Int
    /// How the end of the stream is read.
    public let ending: Ending

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var eventType = ""
    private var lastEventID: String?
    private var sawID = false
    private var lastWasCR = false
    private var isFirstLine = true

    /// Makes a parser at the start of a stream.
    public init(lineBytesMax: Int = 16 << 20, eventBytesMax: Int = 16 << 20, ending: Ending = .strict) {
        self.lineBytesMax = lineBytesMax
        self.eventBytesMax = eventBytesMax
        self.ending = ending
    }

    /// Reads one chunk and yields what it completed. The bytes are not kept.
    public mutating func push(
        _ bytes: UnsafeRawBufferPointer, yielding emit: (ServerSentEventOutput) throws -> Void
    ) throws {
        var start = 0
        if lastWasCR, let first = bytes.first {
            lastWasCR = false
            if first == 0x0A { start = 1 }
        }
        // Both are kept over the lines, so that a stream of bare CRs is not scanned again for each line.
        var nextLF = Self.find(0x0A, in: bytes, from: start)
        var nextCR = Self.find(0x0D, in: bytes, from: start)
        while start < bytes.count {
            let end = min(nextLF, nextCR)
            try finishLine(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), isEnded: end < bytes.count, emit)
            guard end < bytes.count else { return }
            start = end + 1
            if end == nextCR {
                if start == bytes.count { lastWasCR = true } else if start == nextLF { start += 1 }
                nextCR = Self.find(0x0D, in: bytes, from: start)
            }
            if nextLF < start { nextLF = Self.find(0x0A, in: bytes, from: start) }
        }
    }

    /// Reads one chunk and returns what it completed.
    public mutating func push(_ bytes: [UInt8]) throws -> [ServerSentEventOutput] {
        var outputs: [ServerSentEventOutput] = []
        try bytes.withUnsafeBytes { try push($0) { outputs.append($0) } }
        return outputs
    }

    /// Ends the stream. In lenient mode this yields an event whose blank line is missing.
    public mutating func finish() throws -> [ServerSentEventOutput] {
        guard case .lenient = ending else { return [] }
        var outputs: [ServerSentEventOutput] = []
        if !line.isEmpty {
            try finishLine(UnsafeRawBufferPointer(start: nil, count: 0), isEnded: true) { outputs.append($0) }
        }
        try dispatch { outputs.append($0) }
        return outputs
    }

    /// The place of the first such byte, or the count if there is none.
    private static func find(_ byte: Int32, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress,
            let hit = memchr(base + start, byte, bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(hit) - base
    }

    private mutating func finishLine(
        _ part: UnsafeRawBufferPointer, isEnded: Bool, _ emit: (ServerSentEventOutput) throws -> Void
    ) throws {
        guard part.count <= lineBytesMax - line.count else {
            throw ServerSentEventError.lineTooLong(lineBytesMax: lineBytesMax)
        }
        if !isEnded {
            line.append(contentsOf: part)
        } else if line.isEmpty {
            try readLine(part, emit)
        } else {
            line.append(contentsOf: part)
            let whole = line
            line.removeAll()
            try whole.withUnsafeBytes { try readLine($0, emit) }
        }
    }

    private mutating func readLine(
        _ raw: UnsafeRawBufferPointer, _ emit: (ServerSentEventOutput) throws -> Void
    ) throws {
        var bytes = raw
        if isFirstLine {
            isFirstLine = false
            // Exactly one byte order mark, and only at the very start of the stream.
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = UnsafeRawBufferPointer(rebasing: bytes[3...]) }
        }
        if bytes.isEmpty { return try dispatch(emit) }
        let colon = Self.find(0x3A, in: bytes, from: 0)
        var valueStart = min(colon + 1, bytes.count)
        if colon == 0 {
            return try emit(.comment(String(decoding: bytes[valueStart...], as: UTF8.self)))
        }
        if valueStart < bytes.count, bytes[valueStart] == 0x20 { valueStart += 1 }
        let value = UnsafeRawBufferPointer(rebasing: bytes[valueStart...])
        try readField(UnsafeRawBufferPointer(rebasing: bytes[..<colon]), value, emit)
    }

    private mutating func readField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        _ emit: (ServerSentEventOutput) throws -> Void
    ) throws {
        if name.elementsEqual("data".utf8) {
            let separator = hasData ? 1 : 0
            guard value.count + separator <= eventBytesMax - data.count else {
                throw ServerSentEventError.eventTooLarge(eventBytesMax: eventBytesMax)
            }
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
            hasData = true
        } else if name.elementsEqual("event".utf8) {
            eventType = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            guard !value.contains(0) else { return }
            lastEventID = String(decoding: value, as: UTF8.self)
            sawID = true
        } else if name.elementsEqual("retry".utf8) {
            guard value.allSatisfy({ (0x30...0x39).contains($0) }),
                let milliseconds = Int(String(decoding: value, as: UTF8.self))
            else { return }
            try emit(.retry(milliseconds: milliseconds))
        }
    }

    private mutating func dispatch(_ emit: (ServerSentEventOutput) throws -> Void) throws {
        defer {
            data.removeAll(keepingCapacity: data.capacity <= 1 << 20)
            hasData = false
            eventType = ""
            sawID = false
        }
        if hasData {
            let type = eventType.isEmpty ? "message" : eventType
            try emit(.event(ServerSentEvent(event: type, data: String(decoding: data, as: UTF8.self), id: lastEventID)))
        } else if sawID, let lastEventID {
            try emit(.lastEventID(lastEventID))
        }
    }
}
