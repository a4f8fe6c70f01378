/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Equatable {
    /// Its type; `message` where the stream named none.
    public let event: String
    /// Its data: the `data` lines joined by line feeds.
    public let data: String
    /// The last id that the stream set, which sticks to later events; empty before the first.
    public let id: String

    /// An event.
    public init(event: String = "message", data: String, id: String = "") {
        self.event = event
        self.data = data
        self.id = id
    }
}

/// Why a stream of events was given up.
public enum ServerSentEventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line, or the data of one event, grew past the limit: a peer can send for ever without a line end.
    case tooLarge(bytesMax: Int)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tooLarge(let bytesMax): "the server sent an event of more than \(bytesMax) bytes"
        }
    }
}

/// Takes a `text/event-stream` apart, whatever the chunks in which it comes (WHATWG HTML, section 9.2.6).
///
/// A value without a buffer of chunks: only the unfinished line and event are kept. Lines end at CRLF, LF or CR and at
/// nothing else; UTF-8 is decoded line by line, so no character is cut by a chunk.
///
///     var parser = ServerSentEventParser()
///     for try await chunk in body { for event in try parser.push(chunk) { … } }
///     if let last = parser.finish() { … }
public struct ServerSentEventParser: Sendable {
    /// What `retry` asked for last, in milliseconds.
    public private(set) var reconnectionMilliseconds: Int?

    private let bytesMax: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var event = ""
    private var id = ""
    private var isAtStart = true
    private var lastWasCarriageReturn = false

    /// A parser at the start of a stream. No line and no event may be larger than `bytesMax` bytes.
    public init(bytesMax: Int = 16 << 20) { self.bytesMax = bytesMax }

    /// Takes the next chunk and gives the events that it completed.
    ///
    /// - Throws: ``ServerSentEventError`` past the limit; the stream is of no use then.
    public mutating func push(_ chunk: some Sequence<UInt8>) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        let chunk = Array(chunk)
        var start = chunk.startIndex
        for index in chunk.indices {
            let byte = chunk[index]
            guard byte == 0x0A || byte == 0x0D else { continue }
            defer {
                start = index + 1
                lastWasCarriageReturn = byte == 0x0D
            }
            // The line feed of a CRLF whose carriage return has ended the line already, perhaps in another chunk.
            if byte == 0x0A, index == start, line.isEmpty, lastWasCarriageReturn { continue }
            try append(chunk[start..<index])
            if let event = endLine() { events.append(event) }
        }
        if start < chunk.endIndex {
            try append(chunk[start...])
            lastWasCarriageReturn = false
        }
        return events
    }

    /// The event that the end of the stream left without its blank line, as some providers send their last one.
    ///
    /// The standard drops it; a caller that wants that does not ask.
    public mutating func finish() -> ServerSentEvent? {
        if !line.isEmpty { process() }
        return dispatch()
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(ServerSentEventError) {
        guard line.count + data.count + bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        line.append(contentsOf: bytes)
    }

    /// One byte-order mark, and only at the very start of the stream, is no part of it.
    private mutating func endLine() -> ServerSentEvent? {
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        process()
        return nil
    }

    /// A line `field: value`. It is taken apart as bytes: in a Swift string a colon and a combining mark are one
    /// character, and would not be found.
    private mutating func process() {
        defer { line.removeAll(keepingCapacity: true) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch line[..<colon] {
        case Field.data:
            if hasData { data.append(0x0A) }
            hasData = true
            data.append(contentsOf: value)
        case Field.event: event = String(decoding: value, as: UTF8.self)
        case Field.id: if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case Field.retry: retry(value)
        default: break
        }
    }

    private mutating func retry(_ value: ArraySlice<UInt8>) {
        guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
        reconnectionMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? reconnectionMilliseconds
    }

    /// A blank line: the event so far, if it has data. Its type is forgotten either way, its id is not.
    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            event = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return ServerSentEvent(event: event.isEmpty ? "message" : event, data: text, id: id)
    }

    private enum Field {
        static let data = ArraySlice("data".utf8)
        static let event = ArraySlice("event".utf8)
        static let id = ArraySlice("id".utf8)
        static let retry = ArraySlice("retry".utf8)
    }
}
