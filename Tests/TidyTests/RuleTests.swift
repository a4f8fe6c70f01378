import Testing

/// Each rule on a sample that breaks it, so that it is known to fail, and on one that looks like it and does not.
@Suite struct RuleTests {
    private func findings(_ rule: Rule, _ text: String, at path: String = "Sources/BassiStore/A.swift") -> [String] {
        rule.check(SourceText(path: path, text: text))
    }

    @Test(arguments: [
        "let a = b!", "let a = b!.c", "let a = f()!", "x[1]! = 2", "var a: Int!", "g(a!, b)", "a!!", "let a = b?.c!",
        "let a = try! f()", "let a = b as! C", "let a = \"s\"; b!", "/* c */ b!", "b! // why",
    ])
    func `a force is found`(_ text: String) {
        #expect(findings(.noForce, text).count == 1)
    }

    @Test(arguments: [
        "if a != b {}", "if a!=b {}", "if !a, (!b) {}", "return !a", "#if !os(Linux)", "// b!", "/* a! /* b! */ c! */",
        "let a = \"Hello!\"", "let a = #\"say \"b!\" \"#", "let a = \"\\(b + \"c\")!\"", "\"\"\"\n b! \"c\"\n\"\"\"",
        "func `stop it!`() {}",
    ])
    func `what only looks like a force is not found`(_ text: String) {
        #expect(findings(.noForce, text) == [])
    }

    @Test func `a finding names file and line`() {
        #expect(
            findings(.noForce, "let a = 1\nlet b = try! f()") == [
                "Sources/BassiStore/A.swift:2: error: try! stops the program: throw, or handle the error"
            ])
    }

    @Test(arguments: [500, 501])
    func `a file ends at 500 lines`(_ count: Int) {
        let text = String(repeating: "let a = 1\n", count: count)
        #expect(findings(.fileLength, text).count == (count > 500 ? 1 : 0))
    }

    @Test(arguments: ["func f()", "init(\n    a: Int = 1\n)", "func f(_ a: () -> Void = {}) async throws\n    -> Int"])
    func `a function ends at 70 lines`(_ head: String) {
        let lines = head.split(separator: "\n").count
        func text(_ total: Int) -> String {
            head + " {\n" + String(repeating: "    if a { b() }\n", count: total - lines - 1) + "}\n"
        }
        #expect(findings(.functionLength, text(70)) == [])
        #expect(findings(.functionLength, text(71)).count == 1)
    }

    @Test func `a requirement without a body has no length`() {
        let body = String(repeating: "    var a: Int { get }\n", count: 80)
        #expect(findings(.functionLength, "protocol P {\n    func f() -> Int\n\(body)    init(a: Int)\n}\n") == [])
    }

    @Test(arguments: [
        "public struct A {}", "    public init() {}", "/// Said of another.\n\npublic let a = 1",
        "// no\npublic func f()", "@inlinable public static func f()", "public private(set) var a = 1",
    ])
    func `a public declaration without a comment is found`(_ text: String) {
        #expect(findings(.documented, text).count == 1)
    }

    @Test(arguments: [
        "/// Said.\npublic struct A {}", "/// Said.\n@inlinable\npublic func f()", "struct A {}",
        "public extension A {}", "public import A", "let a = \"public func\"", "/** Said. */\npublic let a = 1",
    ])
    func `a documented or hidden declaration is not found`(_ text: String) {
        #expect(findings(.documented, text) == [])
    }

    @Test(arguments: ["final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1"])
    func `unsafe concurrency without a reason is found`(_ text: String) {
        #expect(findings(.unsafeBecause, text).count == 1)
        #expect(findings(.unsafeBecause, "// Because the lock guards it.\n" + text) == [])
        #expect(findings(.unsafeBecause, text + " // because the lock guards it") == [])
    }

    @Test(arguments: ["Task { f() }", "a = Task.detached {", "Task(priority: .low) {", "let t = Task<Void, Never> {"])
    func `a task without an owner is found`(_ text: String) {
        #expect(findings(.ownedTasks, text).count == 1)
        #expect(findings(.ownedTasks, "// Owned by run(), which awaits it.\n" + text) == [])
    }

    @Test(arguments: ["Task.checkCancellation()", "var t: Task<Void, Never>?", "group.addTask { f() }", "// Task {"])
    func `what only looks like a task is not found`(_ text: String) {
        #expect(findings(.ownedTasks, text) == [])
    }

    @Test(arguments: ["Utils", "Common", "Helpers", "Core", "Types", "New", "v2"])
    func `a folder with an empty name is found`(_ name: String) {
        #expect(findings(.folderNames, "", at: "Sources/BassiStore/\(name)/A.swift").count == 1)
        #expect(findings(.folderNames, "", at: "Sources/BassiStore/Memory/\(name).swift") == [])
    }

    @Test(arguments: ["try await Task.sleep(for: .seconds(1))", "usleep(10)", "try await ContinuousClock().sleep(a)"])
    func `a sleep is found`(_ text: String) {
        #expect(findings(.noSleep, text, at: "Tests/BassiStoreTests/A.swift").count == 1)
    }

    @Test(arguments: ["run(\"sleep 5\")", "try await clock.sleep(until: a)", "func sleep(until a: Instant)"])
    func `what only looks like a sleep is not found`(_ text: String) {
        #expect(findings(.noSleep, text, at: "Tests/BassiStoreTests/A.swift") == [])
    }

    @Test(arguments: [
        "import BassiSQLite", "@testable import BassiSession", "public import BassiModels",
        "import struct BassiTools.Tool", "internal import CSQLite", "@_spi(A) import bassi",
    ])
    func `an import against the flow is found`(_ text: String) {
        #expect(findings(.imports, text).count == 1)
    }

    @Test(arguments: [
        "import BassiEvents", "import Foundation", "public import struct BassiEvents.Event", "// import bassi",
    ])
    func `an import with the flow is not found`(_ text: String) {
        #expect(findings(.imports, text) == [])
    }

    @Test func `a target without a row is found`() {
        #expect(findings(.imports, "import Foundation", at: "Sources/BassiOther/A.swift").count == 1)
    }

    @Test func `a folder with tests to come is found once its module has code`() {
        let placeholder = SourceText(path: "Tests/BassiStoreTests/P.swift", text: "// placeholder\n")
        let empty = SourceText(path: "Sources/BassiStore/P.swift", text: "// placeholder\n")
        let code = SourceText(path: "Sources/BassiStore/A.swift", text: "struct A {}\n")
        let test = SourceText(path: "Tests/BassiStoreTests/A.swift", text: "@Test func a() {}\n")
        #expect(SourceTree.untested(sources: [empty], tests: [placeholder]) == [])
        #expect(SourceTree.untested(sources: [code], tests: [placeholder]).count == 1)
        #expect(SourceTree.untested(sources: [code], tests: [placeholder, test]) == [])
    }
}
