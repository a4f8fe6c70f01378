import BassiProcess
import Foundation

/// Where a search works: in an open folder, which the program starts in, and only in files that are reached from it
/// without a link.
struct SearchPlace: Sendable {
    /// The folders on the way, the root first; the last is the one that the program starts in.
    let chain: [FolderHandle]
    /// The folder's place, or that of the one file that is searched.
    let place: FilePlace
    /// The one file that is searched; nil for the whole folder.
    let fileName: FolderHandle.Name?

    /// Whether a rule keeps a file from the model.
    private let isKept: @Sendable (String) -> Bool

    init(_ place: FilePlace, isKept: @escaping @Sendable (String) -> Bool) throws(ToolError) {
        self.place = place
        self.isKept = isKept
        switch try place.found() {
        case .folder(let chain): (self.chain, fileName) = (chain, nil)
        case .file(let entry, let chain):
            // A pipe or a device would never end.
            _ = try entry.status(doing: "searched")
            (self.chain, fileName) = (chain, entry.name)
        }
    }

    /// What the program is told to search.
    var target: String { fileName.map { "./" + String(decoding: $0, as: UTF8.self) } ?? "." }

    /// The folder that the program starts in.
    var descriptor: Int32 { chain.last?.descriptor ?? -1 }

    /// A name that the program has found, as it is shown.
    func shown(_ found: [UInt8]) -> String {
        guard fileName == nil else { return place.shown }
        let name = String(decoding: Array(Self.components(found).joined(separator: [0x2F])), as: UTF8.self)
        return place.shown == "." ? name : place.shown == "/" ? "/\(name)" : "\(place.shown)/\(name)"
    }

    /// The file of a name that the program has found, reached without a link; nil also for one that is kept back.
    func entry(_ found: [UInt8]) -> FileEntry? {
        if isKept(shown(found)) { return nil }
        var components = Self.components(found)
        guard let name = components.popLast(), var folder = chain.last else { return nil }
        for component in components {
            guard component != [0x2E, 0x2E], let next = try? folder.folder(component) else { return nil }
            folder = next
        }
        return FileEntry(folder: folder, name: name, shown: shown(found))
    }

    private static func components(_ found: [UInt8]) -> [[UInt8]] {
        found.split(separator: 0x2F).map { Array($0) }.filter { $0 != [0x2E] }
    }
}
