import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// What is left out, held against git itself.
@Suite struct IgnoreRulesTests {
    private static let paths = [
        "a.log", "keep.log", "b.txt", "#hash", "!bang", "build/out.o", "src/build/out.o", "src/a.c", "src/deep/b.c",
        "doc/x/y/z.md", "doc/z.md", "doc/notes.txt", "foo/bar", "foo/x/bar", "foo/x/y/bar", "x/foo/bar", "abc/one",
        "abc/keep", "abc/sub/two", "tail", "tail ", "name[1]", "name1", "äö.txt", ".hidden/file", "A.LOG",
        "back\\slash",
        "space in name", "logs/debug.log", "debug/logs/x", "target/a/target", "deep/a/b/c/d/e/f.tmp", "one/two/three",
    ]

    /// The patterns of one `.gitignore`, as people write them and as they go wrong.
    static let patterns = [
        "*.log", "*.log\n!keep.log", "*\n!*/\n!*.c", "/build", "build", "build/", "/build/", "src/build", "/*.txt",
        "**/bar", "foo/**", "foo/**/bar", "/foo/**/bar", "**/foo/bar", "abc/**\n!abc/keep", "abc\n!abc/keep",
        "abc/*\n!abc/keep", "tail", "tail ", "tail\\ ", "tail   ", "\\#hash", "#hash", "\\!bang", "!bang", "name[1]",
        "name\\[1\\]", "name[0-9]", "name[!0-9]", "name?", "?.txt", "äö.*", ".hidden", ".*", "back\\\\slash",
        "space in name", "logs/", "**/logs", "logs/**", "**/logs/debug.log", "target", "/target/*/target",
        "deep/**/f.tmp",
        "**/*.tmp", "deep/**/d/**", "**", "/**", "/*", "/", "", " ", "*.log\r\n!keep.log\r\n", "\u{FEFF}*.log", "one/*",
        "one/*/three", "one/two/", "one/**/three", "*/two", "a.log/", "doc/*.md", "doc/**/*.md", "foo/*/bar", "*.[ch]",
        "src/\n!src/a.c", "!a.log", "*.log\n!*.log\na.log", "f*r", "[!a]*", "**foo", "foo**", "doc/**/y", "*b*/",
    ]

    @Test func `a walk leaves out exactly what git leaves out`() async throws {
        try await Folder.with { folder in
            for path in Self.paths { try folder.write("x", to: "site/" + path) }
            for (number, pattern) in Self.patterns.enumerated() { try folder.write(pattern, to: "rules/\(number)") }
            let script = """
                cd site && git init -q . && git config core.excludesFile /dev/null
                for rules in ../rules/*; do
                  cp $rules .gitignore; git ls-files -z --others --exclude-standard | tr '\\0' '\\n' > $rules.git
                done
                """
            _ = try await folder.call(.unconfined, ["command": .string(script)])
            for (number, pattern) in Self.patterns.enumerated() {
                try folder.write(pattern, to: "site/.gitignore")
                let ours = try walk(folder.path + "/site")
                let git = Set(try folder.text("rules/\(number).git").split(separator: "\n").map(String.init))
                #expect(ours == git, "\(pattern.debugDescription): \(ours.symmetricDifference(git).sorted())")
            }
        }
    }

    @Test func `a file nearer to the path decides before one further away, as in git`() async throws {
        try await Folder.with { folder in
            for path in Self.paths { try folder.write("x", to: path) }
            _ = try await folder.call(
                .unconfined, ["command": "git init -q . && git config core.excludesFile /dev/null"])
            try folder.write("*.c\n*.md\n/doc/x/y\n", to: ".gitignore")
            try folder.write("!a.c\n/deep\n", to: "src/.gitignore")
            try folder.write("!*.md\n!x\nnotes.txt\n", to: "doc/.gitignore")
            let ours = try walk(folder.path)
            #expect(try await ours == gitFiles(folder))
            // What is above the walk's start counts too, up to the top of the repository.
            let files = try walk(folder.path + "/src")
            #expect(files == [".gitignore", "a.c", "build/out.o"])
        }
    }

    private func walk(_ path: String) throws -> Set<String> {
        var files: Set<String> = []
        var walk = FolderWalk(depthMax: 64, FileWork.Cancellation())
        try walk.run(FilePlace(path, shown: ".")) { entry in
            if !entry.isFolder { files.insert(entry.path) }
            return true
        }
        return files
    }

    private func gitFiles(_ folder: Folder) async throws -> Set<String> {
        let text = try await folder.call(
            .unconfined,
            ["command": "git -c core.quotePath=false ls-files -z --others --exclude-standard | tr '\\0' '\\n'"])
        return Set(text.split(separator: "\n").map(String.init))
    }

    @Test(arguments: [
        ("*.swift", "a/b.swift", true), ("*.swift", "b.swift", true), ("/*.swift", "a/b.swift", false),
        ("src/*.c", "src/a.c", true), ("src/*.c", "src/x/a.c", false), ("src/**/a.c", "src/a.c", true),
        ("src/**/a.c", "src/x/y/a.c", true), ("src/**", "src", false), ("src/**", "src/a/b", true), ("**", "a/b", true),
        ("**/a/**/b", "a/b", true), ("**/a/**/b", "x/a/y/z/b", true), ("**/a/**/b", "x/y/b", false),
        ("[", "[", true), ("a", "b/a", true), ("a", "a/b", false), ("", "a", false), ("?", "é", false),
    ]) func `a glob matches a path or not`(_ pattern: String, _ path: String, _ matches: Bool) {
        #expect(PathGlob(pattern).matches(path) == matches)
    }

    @Test(arguments: [
        ("*.{c,h}", ["a.c", "a.h"], ["a.m", "a.{c,h}"]), ("{a,b/{c,d}}", ["a", "b/c", "b/d"], ["b", "c"]),
        ("x{,y}", ["x", "xy"], ["xz"]), ("{a}", ["{a}"], ["a"]), ("{a,b", ["{a,b"], ["a"]), ("}{", ["}{"], []),
    ]) func `braces in a glob are alternatives`(_ pattern: String, _ matching: [String], _ others: [String]) {
        let globs = PathGlob.alternatives(pattern)
        for path in matching { #expect(globs.contains { $0.matches(path) }, "\(path)") }
        for path in others { #expect(!globs.contains { $0.matches(path) }, "\(path)") }
    }

    @Test func `patterns made to take forever take no time`() {
        let deep = String(repeating: "a/", count: 60) + "a"
        #expect(!PathGlob(String(repeating: "**/a/", count: 30) + "b").matches(deep))
        #expect(PathGlob(String(repeating: "**/a/", count: 30) + "a").matches(deep))
        #expect(!PathGlob(String(repeating: "*a", count: 40) + "b").matches(String(repeating: "a", count: 250)))
        #expect(PathGlob.alternatives(String(repeating: "{a,b}", count: 40)).count <= PathGlob.alternativesMax + 1)
    }
}
