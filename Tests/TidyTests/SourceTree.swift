import Foundation

/// The sources of this package, found from the place of this file.
enum SourceTree {
    static func root(from file: String = #filePath) -> URL {
        var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    /// Every Swift file under a folder of the package, in the order of their paths.
    static func sources(under folder: String) throws -> [SourceText] {
        let root = root()
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path + "/" + folder)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: root.appendingPathComponent("\(folder)/\(path)"), encoding: .utf8)
            return SourceText(path: "\(folder)/\(path)", text: text)
        }
    }

    /// The targets of a list of sources that have code, not only comments.
    static func targetsWithCode(_ sources: [SourceText]) -> Set<String> {
        Set(sources.filter { $0.code.contains { !$0.allSatisfy(\.isWhitespace) } }.map(\.target))
    }

    /// Test folders without a test. A folder may wait, with a placeholder, as long as its module has no code either.
    static func untested(sources: [SourceText], tests: [SourceText]) -> [String] {
        let modules = targetsWithCode(sources)
        let tested = Set(tests.filter { $0.code.contains { $0.words.contains { $0.text == "@Test" } } }.map(\.target))
        let started = targetsWithCode(tests).union(modules.map { $0 + "Tests" })
        return Set(tests.map(\.target)).intersection(started).subtracting(tested).sorted().map {
            "Tests/\($0):1: error: the folder has no @Test"
        }
    }
}
