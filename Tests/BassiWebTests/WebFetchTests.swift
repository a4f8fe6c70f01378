import BassiEvents
import BassiModels
import BassiPermissions
import BassiTools
import Testing

@testable import BassiWeb

/// `web_fetch` without a network: what is connected to, followed, refused, shown and left out.
@Suite(.timeLimit(.minutes(2))) struct WebFetchTests {
    @Test func `a page is fetched from the address that was checked and comes as Markdown`() async {
        let web = FakeWeb(["https://a.org/x": .html("<title>T</title><h1>Hello</h1><p>A <a href='/b'>link</a>")])
        let result = await fetch("https://A.org/x#y", web)
        #expect(
            result.text
                == "Title: T\nAddress: https://a.org/x\n\n# Hello\n\nA [link](https://a.org/b)")
        #expect(web.connections == ["https://a.org/x > 1.1.1.1"])
    }

    @Test(arguments: [
        ["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["1.1.1.1", "::1"], ["169.254.169.254"], ["::ffff:127.0.0.1"],
    ]) func `a name is refused when one of its addresses is not public, and nobody is connected to`(
        addresses: [String]
    ) async {
        let web = FakeWeb(["http://a.org/": .html("secret")])
        let result = await fetch("http://a.org/", web, ["a.org": [addresses]])
        #expect(result.error?.type == "refused_address" && web.connections == [])
        #expect(result.error?.message.contains("limits.web.allow") == true)
    }

    @Test func `a name that changes to a private address between two requests is refused at the second`() async {
        let web = FakeWeb(["http://a.org/": .redirect(to: "/b"), "http://a.org/b": .html("secret")])
        let result = await fetch("http://a.org/", web, ["a.org": [["1.1.1.1"], ["127.0.0.1"]]])
        #expect(result.error?.type == "refused_address")
        #expect(web.connections == ["http://a.org/ > 1.1.1.1"])
    }

    @Test func `the next checked address is tried where the first answers nobody`() async {
        let web = FakeWeb(["http://a.org/": .html("x")], unreachable: ["2606:4700::1"])
        let result = await fetch("http://a.org/", web, ["a.org": [["2606:4700::1", "1.1.1.1"]]])
        #expect(result.text?.hasSuffix("x") == true)
        #expect(web.connections == ["http://a.org/ > 2606:4700::1", "http://a.org/ > 1.1.1.1"])
    }

    @Test func `a literal address is reached when it is public, or the settings allow it`() async throws {
        let web = FakeWeb(["http://1.1.1.1/": .html("x"), "http://127.0.0.1:8000/": .html("y")])
        #expect(await fetch("http://1.1.1.1/", web).text?.hasSuffix("x") == true)
        #expect(await fetch("http://127.0.0.1:8000/", web).error?.type == "refused_address")
        var settings = WebSettings()
        settings.allowed = [try #require(AllowedPlace("127.0.0.1:8000"))]
        #expect(await fetch("http://127.0.0.1:8000/", web, settings: settings).text?.hasSuffix("y") == true)
        #expect(await fetch("http://127.0.0.1:8001/", web, settings: settings).error?.type == "refused_address")
    }

    @Test func `a redirect within the host is followed, five times`() async {
        var pages = ["https://a.org/5": FakeWeb.Page.html("there"), "http://a.org/": .redirect(to: "https://a.org/0")]
        for n in 0..<5 {
            pages["https://a.org/\(n)"] = .redirect(to: "\(n + 1)", status: [301, 302, 303, 307, 308][n])
        }
        #expect(await fetch("https://a.org/0", FakeWeb(pages)).text?.hasSuffix("there") == true)
        #expect(await fetch("http://a.org/", FakeWeb(pages)).error?.type == "refused_redirect")
    }

    @Test func `a redirect to another host is told and not followed`() async throws {
        let web = FakeWeb(["https://a.org/": .redirect(to: "//www.a.org/x")])
        let result = await fetch("https://a.org/", web)
        #expect(result.text?.contains("https://www.a.org/x") == true && web.connections.count == 1)
        #expect(try result.get().structured?["redirect"]?.string == "https://www.a.org/x")
    }

    @Test(
        arguments: [
            ("http://a.org/", "refused_redirect"), ("https://127.0.0.1/", "refused_address"),
            ("https://[::1]/", "refused_address"), ("https://2130706433/", "refused_redirect"),
            ("file:///etc/passwd", "refused_redirect"), ("javascript:x", "refused_redirect"),
            ("https://user:pw@a.org/", "refused_redirect"), ("https://a.org\\@b.org/", "refused_redirect"),
            ("#", "refused_redirect"),
        ])
    func `a redirect that leads nowhere good is refused`(location: String, type: String) async {
        let web = FakeWeb(["https://a.org/": .redirect(to: location)])
        #expect(await fetch("https://a.org/", web).error?.type == type)
    }

    @Test func `an endless body is cut at the limit, and it is said`() async {
        let page = FakeWeb.Page(
            headers: [HTTPField("content-type", "text/plain")], body: Array("0123456789\n".utf8), isEndless: true)
        var settings = WebSettings()
        settings.bodyBytesMax = 100_000
        let result = try? await fetch("http://a.org/", FakeWeb(["http://a.org/": page]), settings: settings).get()
        let text = result?.content.first?.text ?? ""
        #expect(text.count < 30_300 && text.contains("characters; the rest was left out"))
        #expect(result?.whole?.contains("only the first 100000 bytes of the answer were read") == true)
        #expect(result?.truncated.map { $0.keptBytes < $0.totalBytes } == true)
    }

    @Test(arguments: [29_999, 30_000, 30_001]) func `30000 characters are given whole`(count: Int) async throws {
        let page = FakeWeb.Page(
            headers: [HTTPField("content-type", "text/plain")], body: Array(String(repeating: "ä", count: count).utf8))
        let result = try await fetch("http://a.org/", FakeWeb(["http://a.org/": page])).get()
        #expect((result.whole != nil) == (count > 30_000) && (result.truncated != nil) == (count > 30_000))
    }

    @Test(arguments: [(404, "404 Not Found"), (500, "500 Internal Server Error"), (418, "418"), (304, "304")])
    func `an error of the server is a failure with its beginning`(status: Int, words: String) async {
        var page = FakeWeb.Page.html("<h1>Oh</h1>" + String(repeating: "x", count: 5000))
        page.status = status
        let error = await fetch("http://a.org/", FakeWeb(["http://a.org/": page])).error
        #expect(error?.type == "http_status" && error?.message == "http://a.org/ answered with \(words)")
        #expect(error?.partial.first?.text?.contains("# Oh") == true)
        #expect((error?.partial.first?.text?.count ?? 0) <= 2000)
    }

    @Test func `a name that is not known and a call that takes too long say so`() async {
        let web = FakeWeb([
            "http://a.org/": .init(headers: [HTTPField("content-type", "text/plain")], body: [], isEndless: true)
        ])
        #expect(await fetch("http://nowhere.org/", web).error?.type == "unknown_host")
        var settings = WebSettings()
        settings.timeout = .milliseconds(50)
        let error = await fetch("http://a.org/", web, settings: settings).error
        #expect(error?.type == "timed_out" && error?.outcome == .timedOut)
    }

    @Test func `with a proxy names go to it, and what can be known to be private does not`() async {
        let web = FakeWeb(["http://a.org/": .html("x"), "http://b.org/": .html("y")])
        let proxy = ["http_proxy": "http://proxy:3128"]
        #expect(await fetch("http://a.org/", web, environment: proxy).text?.hasSuffix("x") == true)
        #expect(await fetch("http://b.org/", web, environment: proxy).text?.hasSuffix("y") == true)
        #expect(web.connections == ["http://a.org/ > proxy", "http://b.org/ > proxy"])
        let inside = await fetch("http://a.org/", web, ["a.org": [["10.0.0.1"]]], environment: proxy)
        #expect(inside.error?.type == "refused_address")
        #expect(await fetch("http://127.0.0.1/", web, environment: proxy).error?.type == "refused_address")
        #expect(web.connections.count == 2)
    }

    @Test func `it needs permission in every mode but bypass, by the host`() throws {
        func verdict(_ mode: PermissionMode, _ rules: RuleSet = RuleSet()) throws -> Decision.Verdict {
            let executor = ToolExecutor(ToolRegistry([.webFetch]))
            let call = try executor.check("t", name: "web_fetch", input: ["url": "https://a.org/x"])
            return PermissionPolicy(mode: mode, rules: rules, folder: "/f", home: "/h").decide(call).verdict
        }
        #expect(try verdict(.ask) == .ask && verdict(.acceptEdits) == .ask && verdict(.plan) == .deny)
        #expect(try verdict(.dontAsk) == .deny && verdict(.bypass) == .allow)
        let allowing = try RuleSet(allow: ["WebFetch(domain:a.org)"], deny: [], source: "test")
        #expect(try verdict(.ask, allowing) == .allow)
    }
}
