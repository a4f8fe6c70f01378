#if Network
    import Foundation
    import Testing

    /// What a provider of Anthropic's wire does that it should not.
    struct ModelFault: Sendable {
        var replies: [FaultServer.Reply]
        /// The limits that the program is given in place of minutes.
        var limits: String?
        var environment: @Sendable (_ port: Int) -> [String: String] = {
            ["ANTHROPIC_BASE_URL": "http://127.0.0.1:\($0)"]
        }
        var check: (@Sendable ([String]) -> Void)?

        init(_ replies: FaultServer.Reply...) { self.replies = replies }
        /// A fault, then an answer as it should be.
        init(once reply: FaultServer.Reply) { replies = [reply, .answer] }
    }

    extension ModelFault {
        private typealias Reply = FaultServer.Reply

        static let all: [String: ModelFault] = statuses.merging(cuts) { $1 }.merging(contents) { $1 }
            .merging(endings) { $1 }.merging(roads) { $1 }

        private static let statuses: [String: ModelFault] = [
            "429-seconds": ModelFault(once: .status(429, type: "rate_limit_error", "retry-after: 1")),
            "429-date": ModelFault(once: .status(429, type: "rate_limit_error", "retry-after: \(dateInASecond)")),
            "429-ms": ModelFault(once: .status(429, type: "rate_limit_error", "retry-after-ms: 20")),
            "429-never": ModelFault(.status(429, type: "rate_limit_error", "retry-after: 3600")),
            "quota": ModelFault(
                .status(
                    429,
                    body: #"{"type":"error","error":{"type":"rate_limit_error","message":"Spend limit","#
                        + #""details":{"error_code":"enforced_spend_limit_reached"}}}"#)),
            "529": ModelFault(once: .status(529, type: "overloaded_error")),
            "500": ModelFault(once: .status(500, body: "")),
            "503-no-retry": ModelFault(.status(503, type: "overloaded_error", "x-should-retry: false")),
            "400": ModelFault(.status(400, type: "invalid_request_error")),
            "401": ModelFault(
                .status(
                    401,
                    body: #"{"type":"error","error":{"type":"authentication_error","#
                        + #""message":"invalid key sk-ant-secret-0123456789"}}"#)),
            "404": ModelFault(.status(404, type: "not_found_error")),
            "413": ModelFault(.status(413, type: "request_too_large")),
            "redirect": ModelFault(
                Reply(steps: [.send("HTTP/1.1 307 Moved\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n")])),
        ]

        /// An hour would be too long; HTTP dates have no fractions, so that two seconds are at least one.
        private static var dateInASecond: String {
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.timeZone = TimeZone(identifier: "GMT")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            return format.string(from: Date().addingTimeInterval(2))
        }

        private static let cuts: [String: ModelFault] = {
            var faults = [
                "closed": ModelFault(once: Reply(steps: [])),
                "reset-first": ModelFault(once: Reply(steps: [], ending: .reset)),
                "cut-fin": ModelFault(once: .chunked([Reply.half])),
                "cut-rst": ModelFault(
                    once: Reply(
                        steps: [.send(Reply.head), .send(Reply.half), .pause(milliseconds: 300)], ending: .reset)),
                "cut-clean": ModelFault(once: .whole(Reply.half)),
                "cut-line": ModelFault(
                    once: .chunked([Reply.half, "event: content_block_delta\ndata: {\"type\":\"cont"])),
                "stall": ModelFault(once: .chunked([Reply.half], ending: .silence)),
                "stall-first": ModelFault(once: Reply(steps: [], ending: .silence)),
                "pings": ModelFault(.pinging(times: 10, then: Reply.text)),
                "pings-only": ModelFault(once: .pinging(times: 40, then: "")),
            ]
            for id in ["stall", "stall-first", "pings"] { faults[id]?.limits = "silence: 1" }
            faults["pings-only"]?.limits = "content_silence: 1"
            return faults
        }()

        private static let contents: [String: ModelFault] = [
            "error-event": ModelFault(
                once: .whole(
                    Reply.half
                        + Reply.event("error", #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#))),
            "not-json": ModelFault(once: .whole(Reply.half + "event: content_block_delta\ndata: {nonsense\n\n")),
            "long-line": ModelFault(
                once: .whole(Reply.half + "data: " + String(repeating: "x", count: 17 << 20) + "\n\n")),
            "invalid-utf8": ModelFault(.invalidText),
            "wrong-type": ModelFault(.whole(Reply.text, type: "application/json")),
            "html": ModelFault(.whole("<!doctype html><title>Sign in</title>", type: "text/html")),
            "unknown": ModelFault(
                .whole(
                    Reply.start + Reply.event("brand_new", #"{"type":"brand_new","x":[1]}"#)
                        + Reply.block(0, #"{"type":"hologram","depth":3}"#, [#"{"type":"glitter_delta","glitter":1}"#])
                        + Reply.block(1, #"{"type":"text","text":"","colour":"red"}"#, [Reply.delta("Hi")])
                        + Reply.end("end_turn"))),
        ]

        private static let endings: [String: ModelFault] = [
            "bad-input": ModelFault(once: .call(input: #"{\"path\": oops"#, stopReason: "tool_use")),
            "half-call": ModelFault(once: .call(input: #"{\"path\": \"a"#, stopReason: "max_tokens")),
            "pause": ModelFault(once: .whole(Reply.said("One moment.", stopReason: "pause_turn"))),
            "refusal": ModelFault(.whole(Reply.said("I will not.", stopReason: "refusal"))),
        ]

        private static let roads: [String: ModelFault] = {
            var refused = ModelFault(Reply(steps: []))
            refused.environment = { _ in ["ANTHROPIC_BASE_URL": "http://127.0.0.1:1"] }
            // Whoever waits for a request in plain text would wait for ever.
            var plain = Reply.answer
            plain.readsRequest = false
            var tls = ModelFault(plain)
            tls.environment = { ["ANTHROPIC_BASE_URL": "https://127.0.0.1:\($0)"] }
            var proxy = ModelFault(Reply(steps: [.send("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")]))
            proxy.environment = {
                ["ANTHROPIC_BASE_URL": "https://models.example", "HTTPS_PROXY": "http://127.0.0.1:\($0)"]
            }
            proxy.check = { #expect($0.first?.hasPrefix("CONNECT models.example:443") == true) }
            var direct = ModelFault(.answer)
            direct.environment = {
                [
                    "ANTHROPIC_BASE_URL": "http://127.0.0.1:\($0)", "http_proxy": "http://127.0.0.1:1",
                    "NO_PROXY": "localhost,127.0.0.1",
                ]
            }
            return ["refused": refused, "tls": tls, "proxy": proxy, "no-proxy": direct]
        }()
    }

    extension FaultServer.Reply {
        static let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

        // MARK: - Events

        static func event(_ type: String, _ data: String) -> String { "event: \(type)\ndata: \(data)\n\n" }

        static let start = event(
            "message_start",
            #"{"type":"message_start","message":{"id":"msg_1","role":"assistant","content":[],"#
                + #""usage":{"input_tokens":9,"output_tokens":1}}}"#)

        static func delta(_ text: String) -> String { #"{"type":"text_delta","text":"\#(text)"}"# }

        static func block(_ index: Int, _ start: String, _ deltas: [String]) -> String {
            event(
                "content_block_start",
                #"{"type":"content_block_start","index":\#(index),"content_block":\#(start)}"#)
                + deltas.map {
                    event("content_block_delta", #"{"type":"content_block_delta","index":\#(index),"delta":\#($0)}"#)
                }.joined() + event("content_block_stop", #"{"type":"content_block_stop","index":\#(index)}"#)
        }

        static func end(_ reason: String) -> String {
            event(
                "message_delta",
                #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"},"usage":{"output_tokens":3}}"#)
                + event("message_stop", #"{"type":"message_stop"}"#)
        }

        static func said(_ text: String, stopReason: String) -> String {
            start + block(0, #"{"type":"text","text":""}"#, [delta(text)]) + end(stopReason)
        }

        static let text = said("Hi there.", stopReason: "end_turn")

        /// The beginning of an answer, with a block that is open.
        static let half =
            start
            + event(
                "content_block_start",
                #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
            + event(
                "content_block_delta",
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half of"}}"#)

        // MARK: - Replies

        static let answer = whole(text)

        /// A body that ends as it should.
        static func whole(_ body: String, type: String = "text/event-stream") -> Self {
            Self(steps: [
                .send(
                    "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n"
                        + "connection: close\r\n\r\n"),
                .send(body),
            ])
        }

        /// A chunked body without its last chunk.
        static func chunked(_ parts: [String], ending: FaultServer.Reply.Ending = .close) -> Self {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            return Self(
                steps: [.send(head)] + parts.map { .send("\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n") },
                ending: ending)
        }

        static func status(_ status: Int, type: String, _ fields: String...) -> Self {
            Self.status(
                status, body: #"{"type":"error","error":{"type":"\#(type)","message":"no"}}"#, fields: fields)
        }

        static func status(_ status: Int, body: String, fields: [String] = []) -> Self {
            let head = [
                "HTTP/1.1 \(status) No", "content-type: application/json", "content-length: \(body.utf8.count)",
            ]
            return Self(steps: [.send((head + fields).joined(separator: "\r\n") + "\r\n\r\n" + body)])
        }

        /// Pings, 300 ms apart.
        static func pinging(times: Int, then text: String) -> Self {
            let ping = FaultServer.Step.send(event("ping", #"{"type":"ping"}"#))
            let pings = (0..<times).flatMap { _ in [ping, .pause(milliseconds: 300)] }
            return Self(steps: [.send(head)] + pings + [.send(text)])
        }

        /// A text with a byte that is no UTF-8.
        static var invalidText: Self {
            let parts = said("A § B", stopReason: "end_turn").components(separatedBy: "§")
            return Self(steps: [.send(head), .send(parts[0]), .bytes([0xFF, 0xC3]), .send(parts[1])])
        }

        /// A call of `list_files`; `input` is escaped already.
        static func call(input: String, stopReason: String) -> Self {
            let call = #"{"type":"tool_use","id":"toolu_1","name":"list_files","input":{}}"#
            return whole(
                start + block(0, call, [#"{"type":"input_json_delta","partial_json":"\#(input)"}"#]) + end(stopReason))
        }
    }
#endif
