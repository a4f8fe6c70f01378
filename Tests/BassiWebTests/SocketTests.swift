#if Network
    import BassiEvents
    import BassiTools
    import Foundation
    import Testing

    @testable import BassiWeb

    /// `web_fetch` over real sockets of this machine, which the tests' settings allow.
    @Suite(.timeLimit(.minutes(3))) struct SocketTests {
        private func with<Value>(
            _ replies: @escaping @Sendable (_ path: String) -> LoopbackServer.Reply,
            _ body: (LoopbackServer) async throws -> Value
        ) async throws -> Value {
            let server = try LoopbackServer(replies)
            defer { server.stop() }
            return try await body(server)
        }

        /// The tool; the name `pinned.test` leads to this machine and is known to nobody else.
        private func tool(
            allowing places: [String], timeout: Duration = .seconds(30),
            names: [String: [[String]]] = ["pinned.test": [["127.0.0.1"]]]
        ) throws -> WebFetchTool {
            var settings = WebSettings()
            settings.allowed = try places.map { try #require(AllowedPlace($0)) }
            settings.timeout = timeout
            return WebFetchTool(
                settings: settings, userAgent: "bassi/test", resolver: FakeNames(names),
                transport: AsyncHTTPWebTransport())
        }

        @Test func `a page comes through the checked address, and the server hears the name`() async throws {
            try await with { _ in
                .text("<h1>Hi</h1>", type: "text/html")
            } _: { server in
                let url = "http://pinned.test:\(server.port)/x?y=z"
                let result = await fetch(url, try tool(allowing: ["pinned.test"]))
                #expect(result.text == "Address: \(url)\n\n# Hi" || result.text == "# Hi")
                let request = try #require(server.requests.first?.lowercased())
                #expect(request.hasPrefix("get /x?y=z http/1.1\r\n"))
                #expect(request.contains("\r\nhost: pinned.test:\(server.port)\r\n"))
                #expect(request.contains("\r\nuser-agent: bassi/test\r\n") && !request.contains("cookie"))
            }
        }

        @Test func `nobody is connected to who is not allowed`() async throws {
            try await with { _ in
                .text("secret")
            } _: { server in
                for host in ["pinned.test", "127.0.0.1", "localhost"] {
                    let result = await fetch(
                        "http://\(host):\(server.port)/",
                        try tool(allowing: [], names: ["pinned.test": [["127.0.0.1"]], "localhost": [["::1"]]]))
                    #expect(result.error?.type == "refused_address")
                }
                #expect(server.requests.isEmpty)
            }
        }

        @Test func `a redirect within the host is followed over both connections`() async throws {
            try await with {
                $0 == "/a" ? .redirect(to: "/b") : .text("there")
            } _: { server in
                let result = await fetch("http://pinned.test:\(server.port)/a", try tool(allowing: ["pinned.test"]))
                #expect(result.text == "there" && server.requests.count == 2)
            }
        }

        @Test func `a name that turns to this machine after a redirect is refused`() async throws {
            try await with {
                $0 == "/a" ? .redirect(to: "/b") : .text("secret")
            } _: { server in
                // Only the first answer is an address that is allowed.
                let names = ["pinned.test": [["127.0.0.1"], ["127.0.0.2"]]]
                let tool = try tool(allowing: ["127.0.0.1"], names: names)
                let result = await fetch("http://pinned.test:\(server.port)/a", tool)
                #expect(result.error?.type == "refused_address" && server.requests.count == 1)
            }
        }

        @Test func `redirects to other hosts and to this machine are not followed`() async throws {
            try await with {
                $0 == "/a" ? .redirect(to: "http://other.test/") : .redirect(to: "http://127.0.0.1:1/")
            } _: { server in
                let tool = try tool(allowing: ["pinned.test"])
                let told = await fetch("http://pinned.test:\(server.port)/a", tool)
                #expect(told.text?.contains("http://other.test/") == true)
                let refused = await fetch("http://pinned.test:\(server.port)/b", tool)
                #expect(refused.error?.type == "refused_address")
            }
        }

        @Test func `an endless body ends at the limit`() async throws {
            let head = Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n".utf8)
            let line = Array(String(repeating: "0123456789abcde\n", count: 4096).utf8)
            try await with { _ in
                .init(bytes: head + line, isEndless: true)
            } _: { server in
                let result = await fetch("http://127.0.0.1:\(server.port)/", try tool(allowing: ["127.0.0.1"]))
                let whole = try #require(try result.get().whole)
                #expect(whole.utf8.count < 6 << 20 && whole.contains("bytes of the answer were read"))
                await server.wait(for: "left /")
            }
        }

        @Test func `cancelling ends a body that does not come, at once`() async throws {
            let head = Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nslow".utf8)
            try await with { _ in
                .init(bytes: head, staysSilent: true)
            } _: { server in
                let tool = try tool(allowing: ["127.0.0.1"])
                let task = Task { await fetch("http://127.0.0.1:\(server.port)/", tool) }  // owned by this test
                await server.wait(for: "asked /")
                let start = ContinuousClock.now
                task.cancel()
                #expect(await task.value.error?.outcome == .cancelled)
                await server.wait(for: "left /")
                #expect(ContinuousClock.now - start < .seconds(25))
            }
        }

        @Test func `a body that does not come ends with the time`() async throws {
            let head = Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nslow".utf8)
            try await with { _ in
                .init(bytes: head, staysSilent: true)
            } _: { server in
                let tool = try tool(allowing: ["127.0.0.1"], timeout: .milliseconds(300))
                let result = await fetch("http://127.0.0.1:\(server.port)/", tool)
                #expect(result.error?.type == "timed_out" && result.error?.outcome == .timedOut)
                await server.wait(for: "left /")
            }
        }

        @Test func `what is packed is unpacked, and a bomb ends at the limit`() async throws {
            let packed = Data(base64Encoded: "H4sIAAAAAAACA7MpsCvNK0hMzk5NAQAQS0D2CwAAAA==") ?? Data()
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/"
            // 100 MB in 650 KB.
            let bomb = gzipBomb(matches: 400_000)
            try await with { path in
                let body = path == "/good" ? Array(packed) : bomb
                let type = path == "/good" ? "html" : "plain"
                return .init(bytes: Array("\(head)\(type)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
            } _: { server in
                let tool = try tool(allowing: ["127.0.0.1"])
                #expect(await fetch("http://127.0.0.1:\(server.port)/good", tool).text?.hasSuffix("unpacked") == true)
                switch await fetch("http://127.0.0.1:\(server.port)/bomb", tool) {
                case .success(let result):
                    #expect(result.truncated.map { $0.totalBytes < 20 << 20 } == true)
                    #expect(result.whole?.contains("bytes of the answer were read") == true)
                case .failure(let error): #expect(error.type == "too_large")
                }
            }
        }

        /// What a server says, by a short name: arguments are printed.
        private static let faults: [String: (reply: String, type: String)] = [
            "404": ("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "http_status"),
            "cut": ("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nshort", "broken_answer"),
            "other protocol": ("SSH-2.0-OpenSSH_9.2\r\n", "broken_answer"),
            "not packed": (
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "broken_answer"
            ),
            "long field": (
                "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n", "broken_answer"
            ),
            "many fields": (
                "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 5000) + "\r\n", "broken_answer"
            ),
            "password": (
                "HTTP/1.1 302 Found\r\nLocation: https://user:pw@x/\r\nContent-Length: 0\r\n\r\n", "refused_redirect"
            ),
            "nothing": ("", "unreachable"),
        ]

        @Test(arguments: faults.keys.sorted())
        func `what goes wrong has a name`(name: String) async throws {
            let fault = try #require(Self.faults[name])
            try await with { _ in
                .init(bytes: Array(fault.reply.utf8))
            } _: { server in
                let result = await fetch("http://127.0.0.1:\(server.port)/", try tool(allowing: ["127.0.0.1"]))
                #expect(result.error?.type == fault.type, "\(result)")
            }
        }

        @Test func `a port where nobody is says so at once`() async throws {
            let port = try await with { _ in
                .text("")
            } _: {
                $0.port
            }
            let result = await fetch("http://127.0.0.1:\(port)/", try tool(allowing: ["127.0.0.1"]))
            #expect(result.error?.type == "unreachable")
            #expect(result.error?.message.contains("Connection refused") == true)
        }

        @Test func `a page comes through a proxy, and the address is looked up by that`() async throws {
            try await with { _ in
                .tunnel(to: .text("there"))
            } _: { server in
                let result = await fetch(
                    "http://far.test/x", try tool(allowing: []),
                    environment: ["http_proxy": "http://127.0.0.1:\(server.port)"])
                #expect(result.text == "there", "\(result)")
                let requests = server.requests
                #expect(requests.first?.hasPrefix("CONNECT far.test:80 HTTP/1.1\r\n") == true)
                #expect(requests.last?.hasPrefix("GET /x HTTP/1.1\r\n") == true && requests.count == 2)
            }
        }

        @Test func `a proxy is asked for the name and not for an address, and what it refuses is said`() async throws {
            try await with { _ in
                .text("no", status: "403 Forbidden")
            } _: { server in
                let result = await fetch(
                    "http://far.test/x", try tool(allowing: []),
                    environment: ["http_proxy": "http://127.0.0.1:\(server.port)"])
                #expect(server.requests.first?.hasPrefix("CONNECT far.test:80 HTTP/1.1\r\n") == true)
                #expect(result.error?.type == "unreachable", "\(result)")
                #expect(result.error?.message == "the proxy does not connect to far.test")
            }
        }
    }
#endif
