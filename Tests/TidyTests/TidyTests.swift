import Testing

/// The rules of the house over the real sources. Each finding is one issue: `file:line: error: …`.
@Suite struct TidyTests {
    @Test(arguments: Rule.forSources)
    func `the sources keep the rule`(_ rule: Rule) throws {
        try report(SourceTree.sources(under: "Sources").flatMap(rule.check))
    }

    @Test(arguments: Rule.forTests)
    func `the tests keep the rule`(_ rule: Rule) throws {
        try report(SourceTree.sources(under: "Tests").flatMap(rule.check))
    }

    @Test func `every tests folder has a test`() throws {
        let sources = try SourceTree.sources(under: "Sources")
        try report(SourceTree.untested(sources: sources, tests: SourceTree.sources(under: "Tests")))
    }

    @Test func `every target is in the table of imports`() throws {
        let targets = Set(try SourceTree.sources(under: "Sources").map(\.target))
        #expect(targets == Set(Layers.allowed.keys))
    }

    private func report(_ findings: [String]) {
        for finding in findings { Issue.record(Comment(rawValue: finding)) }
    }
}
