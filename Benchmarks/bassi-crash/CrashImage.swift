import CRecordingVFS
import Foundation

/// What a power cut may leave of the files: every write before the last sync of its file; of each later one all,
/// nothing, or some of its 512-byte sectors.
struct CrashImage {
    /// The files' contents by name; a file that is not there is missing.
    private(set) var files: [String: [UInt8]] = [:]

    private static let sector = 512

    /// How kind the disk is to what was not synced: from one image to the next everything is possible.
    private struct Luck {
        let kept: Double
        let torn: Double

        static func drawn(_ numbers: inout SeededNumbers) -> Luck {
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: Luck(kept: 0, torn: 0)
            case 1: Luck(kept: 0.9, torn: 0.05)
            case 2: Luck(kept: 0.5, torn: 0.25)
            default: Luck(kept: 0.1, torn: 0.8)
            }
        }
    }

    /// The image of a cut after the first `cut` operations of a recording.
    init(of recording: Recording, cut: Int, numbers: inout SeededNumbers) {
        let operations = recording.operations(cut)
        let names = recording.files
        let isSafe = Self.safe(operations, files: names.count)
        let luck = Luck.drawn(&numbers)
        var contents = [[UInt8]?](repeating: nil, count: names.count)
        for (index, operation) in operations.enumerated() {
            let file = Int(operation.file)
            let isKept = isSafe[index] || numbers.happens(luck.kept)
            switch recording_kind(UInt32(operation.kind)) {
            case RECORDING_WRITE:
                let isTorn = !isKept && numbers.happens(luck.torn / max(0.01, 1 - luck.kept))
                guard isKept || isTorn else { continue }
                Self.write(operation, to: &contents[file]) { !isTorn || numbers.happens(0.5) }
            case RECORDING_TRUNCATE where isKept: Self.resize(&contents[file], to: Int(operation.length))
            case RECORDING_DELETE where isKept || operation.length == 1: contents[file] = nil
            default: break
            }
        }
        for (name, bytes) in zip(names, contents) { files[name] = bytes }
    }

    /// Writes the files into a folder.
    func write(into folder: URL) throws {
        for (name, bytes) in files { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
    }

    /// Which operations a sync covers. After a sync that failed, no later one covers what was open then: the system
    /// may have forgotten it.
    private static func safe(_ operations: [recording_operation], files: Int) -> [Bool] {
        var isSafe = [Bool](repeating: false, count: operations.count)
        var open = [[Int]](repeating: [], count: files)
        for (index, operation) in operations.enumerated() {
            let file = Int(operation.file)
            switch recording_kind(UInt32(operation.kind)) {
            case RECORDING_SYNC:
                for earlier in open[file] { isSafe[earlier] = true }
                open[file] = []
            case RECORDING_LOST: open[file] = []
            default: open[file].append(index)
            }
        }
        return isSafe
    }

    private static func resize(_ content: inout [UInt8]?, to length: Int) {
        var bytes = content ?? []
        content = nil
        if length < bytes.count { bytes.removeLast(bytes.count - length) }
        if length > bytes.count { bytes.append(contentsOf: repeatElement(0, count: length - bytes.count)) }
        content = bytes
    }

    /// Writes the sectors that survive. What lies between the old end and the first of them is zero.
    private static func write(
        _ operation: recording_operation, to content: inout [UInt8]?, survives: () -> Bool
    ) {
        let (start, end) = (Int(operation.offset), Int(operation.offset + operation.length))
        var from = start
        while from < end {
            let to = min(end, (from / sector + 1) * sector)
            if survives(), let bytes = operation.bytes {
                if to > content?.count ?? 0 { resize(&content, to: to) }
                let piece = UnsafeRawBufferPointer(start: bytes + (from - start), count: to - from)
                content?.withUnsafeMutableBytes {
                    UnsafeMutableRawBufferPointer(rebasing: $0[from..<to]).copyMemory(from: piece)
                }
            }
            from = to
        }
    }
}
