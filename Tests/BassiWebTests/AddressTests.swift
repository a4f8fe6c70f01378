import BassiTools
import Testing

@testable import BassiWeb

/// Which addresses are read, which hosts are reached, and how references are resolved.
@Suite struct AddressTests {
    @Test(
        arguments: [
            ("https://example.org", "https://example.org/"), ("HTTP://EXAMPLE.org:80/a?b#c", "http://example.org/a?b"),
            ("https://example.org.:8443/x", "https://example.org:8443/x"),
            ("https://de.wikipedia.org/wiki/München", "https://de.wikipedia.org/wiki/M%C3%BCnchen"),
            ("https://example.org?q=a b", "https://example.org/?q=a%20b"), ("http://8.8.8.8/", "http://8.8.8.8/"),
            ("http://[2606:4700::1111]:80/x", "http://[2606:4700::1111]/x"),
            ("https://xn--mnchen-3ya.de/", "https://xn--mnchen-3ya.de/"),
        ])
    func `an address is read and written in one form`(text: String, form: String) throws {
        #expect(try WebAddress(text).description == form)
    }

    @Test(
        arguments: [
            "", "example.org", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "https://",
            "https:///x", "https://user@example.org/", "https://user:secret@example.org/", "https://münchen.de/",
            "https://example.org\\@evil.org/", "https://exa\u{0}mple.org/", "https://example.org:0/",
            "https://example.org:99999/", "https://example.org:8 0/", "https://example.org:/", "https://a..b/",
            "https://.a/", "https://ex%61mple.org/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://a]/",
            "http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/",
            "http://127.0.0.1./", "http://017700000001/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://１２７.0.0.1/",
            "http://example.0x7f/", "https://example.org\n/", "https://" + String(repeating: "a", count: 64) + ".org/",
        ])
    func `an address that can be read in two ways, or in none, is refused`(text: String) {
        let error = #expect(throws: ToolError.self) { try WebAddress(text) }
        #expect(error?.type == "invalid_url")
    }

    @Test(
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
            "198.19.255.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
            "::", "::1", "fc00::1", "fd12::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
            "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
            "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:0:7f00:1::", "2001:db8::1", "100::1", "3fff::1",
            "5f00::1",
        ])
    func `an address that is nobody's in public is refused`(text: String) throws {
        #expect(AddressRules.refusal(of: try #require(IPAddress(text))) != nil)
    }

    @Test(
        arguments: [
            "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255", "11.0.0.1", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1",
            "64:ff9b::8.8.8.8",
        ])
    func `a public address is reached`(text: String) throws {
        #expect(AddressRules.refusal(of: try #require(IPAddress(text))) == nil)
    }

    @Test(
        arguments: [
            ("localhost:8000", "http://localhost:8000/", "127.0.0.1", true),
            ("localhost:8000", "http://localhost:8001/", "127.0.0.1", false),
            ("localhost", "http://other/", "127.0.0.1", false), ("127.0.0.1", "http://other/", "127.0.0.1", true),
            ("127.0.0.1", "http://127.0.0.2/", "127.0.0.2", false), ("10.0.0.0/8", "http://wiki/", "10.9.8.7", true),
            ("10.0.0.0/8", "http://wiki/", "11.9.8.7", false), ("10.16.0.0/12", "http://x/", "10.31.0.1", true),
            ("10.16.0.0/12", "http://x/", "10.32.0.1", false),
            ("*.corp.example", "http://a.corp.example/", "10.0.0.1", true),
            ("*.corp.example", "http://corp.example/", "10.0.0.1", false),
            ("*.corp.example", "http://evilcorp.example/", "10.0.0.1", false),
            ("[::1]:8080", "http://[::1]:8080/", "::1", true), ("[::1]:8080", "http://[::1]:8081/", "::1", false),
            ("::1", "http://a/", "::1", true), ("fd00::/8", "http://a/", "fd12::1", true),
            ("127.0.0.1:80", "http://127.0.0.1/", "127.0.0.1", true), ("0.0.0.0/0", "http://a/", "::1", false),
        ])
    func `a place of the settings allows what it names and nothing else`(
        place: String, url: String, address: String, isAllowed: Bool
    ) throws {
        let place = try #require(AllowedPlace(place))
        let address = try #require(IPAddress(address))
        #expect(place.allows(address, for: try WebAddress(url)) == isAllowed)
    }

    @Test(arguments: ["", "*", "http://a", "a b", "10.0.0.0/33", "10.0/8", "1.2.3", "a:b", "a:0", "*.", "[::1", "a/8"])
    func `what is no place is refused`(text: String) {
        #expect(AllowedPlace(text) == nil)
    }

    @Test(
        arguments: [
            ("x", "https://a.org/b/x"), ("./x", "https://a.org/b/x"), ("../x", "https://a.org/x"),
            ("../../../x", "https://a.org/x"), ("/x", "https://a.org/x"), ("?y", "https://a.org/b/c?y"),
            ("//e.org/z", "https://e.org/z"), ("http://e.org/z", "http://e.org/z"), (" x\n", "https://a.org/b/x"),
            ("x#y", "https://a.org/b/x#y"), (".", "https://a.org/b/"), ("..", "https://a.org/"),
            ("x y", "https://a.org/b/x%20y"), ("mailto:a@b.c", "mailto:a@b.c"), ("a:b", nil), ("#y", nil), ("", nil),
            ("javascript:alert(1)", nil), ("java\nscript:alert(1)", nil), ("data:text/html,x", nil),
        ] as [(String, String?)])
    func `a reference is resolved against the page`(text: String, expected: String?) throws {
        #expect(WebReference(base: try WebAddress("https://a.org/b/c?d")).resolve(text) == expected)
    }

    @Test func `the system's resolver finds this machine, and ends at once when cancelled`() async throws {
        let found = try await SystemResolver().addresses(of: "localhost")
        #expect(found.contains { AddressRules.refusal(of: $0) == "this machine" })
        let task = Task {  // owned by this test, which awaits it below
            withUnsafeCurrentTask { $0?.cancel() }
            return try await SystemResolver().addresses(of: "name.invalid")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        await #expect(throws: NameNotFound.self) { try await SystemResolver().addresses(of: "name.invalid") }
    }
}
