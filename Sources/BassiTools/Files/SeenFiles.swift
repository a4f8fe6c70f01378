/// The files that a session has read or written, by the SHA-256 that they had then. Of many the latest are kept.
public struct SeenFiles: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        let sha256: String
        let number: Int
    }

    /// More files than this are not kept.
    public static let filesMax = 10_000

    // By bytes: two spellings of an accented letter are one key to Swift and two files to the system.
    private var entries: [[UInt8]: Entry] = [:]
    private var nextNumber = 0

    /// None.
    public init() {}

    /// How many there are.
    public var count: Int { entries.count }

    /// Keeps the state of the file at this place: absolute, without a link.
    public mutating func see(_ path: String, sha256: String) {
        entries[Array(path.utf8)] = Entry(sha256: sha256, number: nextNumber)
        nextNumber += 1
        guard entries.count > Self.filesMax else { return }
        // A quarter at once, so that not every new file sorts all of them.
        for (path, _) in inOrder.prefix(Self.filesMax / 4) { entries[path] = nil }
    }

    /// The state in which it was last seen; nil for one that was not.
    public subscript(path: String) -> String? { entries[Array(path.utf8)]?.sha256 }

    /// All of them, the one that was seen last being the last.
    public var all: [(path: String, sha256: String)] {
        inOrder.map { (String(decoding: $0.key, as: UTF8.self), $0.value.sha256) }
    }

    private var inOrder: [(key: [UInt8], value: Entry)] {
        entries.sorted { $0.value.number < $1.value.number }
    }

    /// Two are the same when they know the same, in the same order.
    public static func == (left: SeenFiles, right: SeenFiles) -> Bool {
        left.all.elementsEqual(right.all) { $0 == $1 }
    }
}
