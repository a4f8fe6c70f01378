import BassiTools

/// The output of a command in the background as it is held in memory: its beginning, its end, and what is not in the
/// blob store yet. All of it is without secrets.
struct BackgroundText {
    /// A part that goes to the blob store.
    struct Segment: Sendable {
        let from: Int
        let bytes: [UInt8]
    }

    /// Bytes of its beginning that are held.
    static let headBytesMax = 16 << 10
    /// Bytes of its end that are held.
    static let tailBytesMax = 64 << 10
    /// What is held of what nobody has stored yet.
    static let segmentBytesMax = 1 << 20
    /// Bytes that are kept for people in all; what comes after is counted only.
    static let keptBytesMax = 64 << 20
    /// Bytes that are shown while it runs; what comes after is not shown live.
    static let liveBytesMax = 1 << 20
    /// Characters that the model gets at once.
    static let readBytesMax = 30_000

    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var pending: [UInt8] = []
    private var pendingFrom = 0
    private var liveBytes = 0
    /// Bytes that were read: where a reading of what is new begins.
    private var cursor = 0
    private(set) var totalBytes = 0
    /// Whether nothing more is kept: too much came, or the blob store takes no more.
    private(set) var isFull = false

    /// Takes what came. Gives what is to be shown to those who watch, and a segment once one is whole.
    mutating func take(_ text: String) -> (live: String?, segment: Segment?) {
        let bytes = Array(text.utf8)
        totalBytes += bytes.count
        let part = bytes.prefix(max(0, Self.headBytesMax - head.count))
        head += part
        tail += bytes.dropFirst(part.count)
        // Cut back at twice the size only, so that each byte is moved once on average.
        if tail.count > 2 * Self.tailBytesMax { tail.removeFirst(tail.count - Self.tailBytesMax) }
        if !isFull { pending += bytes }
        if totalBytes > Self.keptBytesMax { isFull = true }
        let segment = pending.count >= Self.segmentBytesMax ? takeSegment() : nil
        guard liveBytes <= Self.liveBytesMax else { return (nil, segment) }
        liveBytes += bytes.count
        let isLast = liveBytes > Self.liveBytesMax
        return (isLast ? "\n(more output follows and is not shown while it runs)\n" : text, segment)
    }

    /// What is not stored yet; nil where there is nothing.
    mutating func takeSegment() -> Segment? {
        guard !pending.isEmpty else { return nil }
        defer {
            pendingFrom += pending.count
            pending = []
        }
        return Segment(from: pendingFrom, bytes: pending)
    }

    mutating func stopKeeping() { (isFull, pending) = (true, []) }

    /// Whether there is something behind a byte, or that was not read.
    func hasNew(from: Int?) -> Bool { totalBytes > from ?? cursor }

    /// What came from a byte on, or since the last reading: a piece in the middle is left out where it is long.
    mutating func read(from: Int?) -> String {
        let start = min(max(0, from ?? cursor), totalBytes)
        if from == nil { cursor = totalBytes }
        let tailStart = totalBytes - tail.count
        var text = HeadAndTail(bytesMax: Self.readBytesMax)
        let (begin, end) = (head.dropFirst(start), tail.dropFirst(max(0, start - tailStart)))
        let missing = tailStart - max(start, head.count)
        if missing > 0 {
            text.append(Self.whole(begin) + "\n[… \(missing) bytes left out …]\n" + Self.whole(end))
        } else {
            // A character may lie over the seam.
            text.append(Self.whole((begin + end)[...]))
        }
        return text.result.0
    }

    /// Without the rest of a character that was cut at the beginning, and the beginning of one at the end.
    private static func whole(_ bytes: ArraySlice<UInt8>) -> String {
        let begun = bytes.drop { $0 & 0xC0 == 0x80 }
        guard let last = begun.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return "" }
        let needed = begun[last] < 0x80 ? 1 : begun[last] < 0xE0 ? 2 : begun[last] < 0xF0 ? 3 : 4
        return String(decoding: begun.endIndex - last < needed ? begun[..<last] : begun, as: UTF8.self)
    }
}
