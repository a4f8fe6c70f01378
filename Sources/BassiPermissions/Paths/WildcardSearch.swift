import Foundation

/// Finds the files that wildcards stand for, as a shell would, and not more of them than a call is worth.
struct WildcardSearch {
    /// Names that are looked at for one call, and files that are found.
    private static let namesMax = 20_000
    private static let pathsMax = 1_024

    private var names = 0
    /// Whether it has stopped before the end.
    private(set) var isExhausted = false

    /// The files with names of these shapes, from the root; a path without wildcards is itself.
    mutating func paths(_ shapes: [WordShape]) -> [String] {
        var paths = [""]
        for shape in shapes {
            if let literal = shape.literal {
                let name = String(decoding: literal, as: UTF8.self)
                paths = paths.map { "\($0)/\(name)" }
            } else {
                paths = paths.flatMap { below($0, shape) }
            }
            guard !paths.isEmpty else { break }
        }
        isExhausted = isExhausted || paths.count > Self.pathsMax
        return Array(paths.prefix(Self.pathsMax))
    }

    private mutating func below(_ folder: String, _ shape: WordShape) -> [String] {
        guard names < Self.namesMax else {
            isExhausted = true
            return []
        }
        // A folder that cannot be listed here gives a command no names either.
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? []
        names += all.count + 1
        return all.filter { Glob(literal: $0.utf8).likeness(to: shape) > .none }.map { "\(folder)/\($0)" }
    }
}
