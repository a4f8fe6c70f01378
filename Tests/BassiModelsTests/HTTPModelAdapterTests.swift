import BassiEvents
import Testing

@testable import BassiModels

/// What all dialects have in common: the request's fields, how an answer is told from what is none, and errors.
@Suite struct HTTPModelAdapterTests {
    private static let dialects: [(name: String, dialect: any WireDialect)] = [
        ("anthropic", AnthropicDialect(adaptiveThinking: { _ in false })), ("chat", ChatCompletionsDialect()),
        ("responses", ResponsesDialect()),
    ]

    private static let streams = [
        "anthropic": Recorded.anthropic([
            #"{"type":"message_start","message":{"id":"c1"}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hi"}}"#,
            #"{"type":"content_block_stop","index":0}"#, #"{"type":"message_stop"}"#,
        ]),
        "chat": Recorded.chat([Recorded.delta(#"{"content":"Hi"}"#, finish: "stop")]),
        "responses": Recorded.anthropic([
            #"{"type":"response.created","response":{"id":"c1"}}"#,
            #"{"type":"response.output_text.delta","output_index":0,"delta":"Hi"}"#,
            #"{"type":"response.completed","response":{"id":"c1","status":"completed"}}"#,
        ]),
    ]

    private static let documents = [
        "anthropic": #"{"type":"message","id":"c1","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}"#,
        "chat": #"{"id":"c1","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#,
        "responses": #"{"id":"c1","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}"#,
    ]

    private static let parts: [ModelPart] = [
        .messageStarted(id: "c1", usage: Usage()), .blockStarted(index: 0, .text), .delta(index: 0, "Hi"),
        .blockEnded(index: 0, ModelBlock(.text("Hi"))), .completed(.endTurn, Usage()),
    ]

    private func error(
        _ dialect: any WireDialect, _ status: Int, _ body: String, _ headers: [HTTPField] = []
    ) async throws -> ModelError {
        let transport = RecordedTransport(status: status, headers: headers, body: Array(body.utf8))
        return try #require(
            await #expect(throws: ModelError.self) { try await Recorded.ask(dialect, transport) })
    }

    // MARK: - The request

    @Test func `a request has one field with the key, and says who asks`() async throws {
        for (name, dialect) in Self.dialects {
            let transport = RecordedTransport(body: try #require(Self.streams[name]))
            _ = try await Recorded.ask(dialect, transport)
            let request = try #require(transport.sent.all.first)
            #expect(transport.sent.all.count == 1 && request.method == "POST")
            let paths = ["chat": "/chat/completions", "responses": "/responses", "anthropic": "/v1/messages"]
            #expect(request.url == "http://here" + (paths[name] ?? ""))
            let keys = request.headers.filter { $0.value.contains("sk-secret") }
            #expect(
                keys == [
                    name == "anthropic"
                        ? HTTPField("x-api-key", "sk-secret") : HTTPField("authorization", "Bearer sk-secret")
                ])
            #expect(request.headers.filter { $0.name == "user-agent" } == [HTTPField("user-agent", "bassi/test")])
            #expect(Set(request.headers.map(\.name)).count == request.headers.count)
            #expect(!String(decoding: request.body, as: UTF8.self).contains("sk-secret"))
        }
    }

    @Test func `without a key there is no field for it`() {
        for (_, dialect) in Self.dialects {
            #expect(dialect.headers(key: nil).allSatisfy { $0.name == "anthropic-version" })
        }
    }

    // MARK: - Stream or document

    @Test(arguments: ["text/event-stream", "Text/Event-Stream; charset=utf-8", "application/json", "text/plain", nil])
    func `a stream and a document are told apart whatever their type says`(_ type: String?) async throws {
        let headers = type.map { [HTTPField("content-type", $0)] } ?? []
        for (name, dialect) in Self.dialects {
            let stream = try #require(Self.streams[name])
            let document = Array(try #require(Self.documents[name]).utf8)
            let blanks = Array("\n\n \r\n".utf8)
            for body in [stream, document, blanks + stream, blanks + document, Array("\u{FEFF}".utf8) + stream] {
                for chunkBytes in [Int.max, 1] {
                    let transport = RecordedTransport(headers: headers, body: body, chunkBytes: chunkBytes)
                    #expect(Recorded.joined(try await Recorded.ask(dialect, transport)) == Self.parts)
                }
            }
        }
    }

    @Test func `what is no answer is refused with a reason`() async throws {
        for (_, dialect) in Self.dialects {
            let page = try await error(dialect, 200, "<!doctype html><title>Hello</title>")
            #expect(page.kind == .malformed && !page.isRetryable && page.message.contains("base URL"))
            #expect(try await error(dialect, 200, #"{"half":"#).kind == .malformed)
            #expect(try await error(dialect, 200, #"{"hello":1}"#).kind == .malformed)
            #expect(try await error(dialect, 200, "").kind == .cut)
            #expect(try await error(dialect, 200, String(repeating: "\n", count: 1 << 17)).kind == .cut)
            #expect(try await error(dialect, 200, "hello").kind == .cut)
        }
    }

    @Test func `an error document with a good status is an error`() async throws {
        let overloaded = #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#
        let (anthropic, chat) = (Self.dialects[0].dialect, Self.dialects[1].dialect)
        #expect(try await error(anthropic, 200, overloaded) == ModelError(.overloaded, "here: m"))
        #expect(try await error(chat, 200, #"{"error":{"code":502,"message":"m"}}"#) == ModelError(.server, "here: m"))
        let list = #"[{"error":{"code":429,"message":"m"}}]"#
        #expect(try await error(chat, 200, list) == ModelError(.rateLimited, "here: m"))
    }

    @Test func `a line longer than the limit is malformed and not a crash`() async throws {
        let line = Array("data: ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 17 << 20)
        for (_, dialect) in Self.dialects {
            let error = await #expect(throws: ModelError.self) {
                try await Recorded.ask(dialect, RecordedTransport(body: line, chunkBytes: 1 << 20))
            }
            #expect(error?.kind == .malformed)
        }
    }

    @Test func `what the receiver throws comes out as it is`() async throws {
        struct Full: Error {}
        for (name, dialect) in Self.dialects {
            let transport = RecordedTransport(body: try #require(Self.streams[name]))
            await #expect(throws: Full.self) {
                try await Recorded.adapter(dialect, transport).respond(to: Recorded.request) { _ in throw Full() }
            }
        }
    }

    // MARK: - Errors

    private static let statuses: [(status: Int, kind: ModelError.Kind, isRetryable: Bool)] = [
        (400, .invalidRequest, false), (401, .authentication, false),
        (402, .quotaSpent, false), (403, .permission, false), (404, .notFound, false), (408, .server, true),
        (409, .server, true), (413, .tooLarge, false), (422, .invalidRequest, false), (429, .rateLimited, true),
        (500, .server, true), (502, .server, true), (503, .overloaded, true), (504, .server, true),
        (529, .overloaded, true),
    ]

    @Test(arguments: statuses) func `a status says what went wrong where the body does not`(
        _ status: Int, _ kind: ModelError.Kind, _ isRetryable: Bool
    ) async throws {
        for (_, dialect) in Self.dialects {
            for body in ["", "<html>", "null", "[]", "{}", #"{"error":null}"#] {
                let error = try await error(dialect, status, body)
                #expect(error == ModelError(kind, "here answered with an error", status: status), "\(body)")
                #expect(error.isRetryable == isRetryable)
            }
            for body in [#"{"error":"m"}"#, #"{"error":{"message":"m"}}"#, #"{"message":"m"}"#] {
                #expect(
                    try await error(dialect, status, body) == ModelError(kind, "here: m", status: status), "\(body)")
            }
        }
    }

    @Test(arguments: [
        (429, #"{"error":{"message":"m","type":"insufficient_quota"}}"#, ModelError.Kind.quotaSpent),
        (400, #"{"error":{"message":"This model's maximum context length is 8"}}"#, .contextExceeded),
        (400, #"[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]"#, .invalidRequest),
        (429, #"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#, .rateLimited),
        (400, #"{"object":"error","message":"m","type":"BadRequestError","code":400}"#, .invalidRequest),
        (422, #"{"detail":"m"}"#, .invalidRequest), (502, #"{"error":{"code":"x"}}"#, .server),
    ]) func `the code of Chat Completions decides where it says more`(
        _ status: Int, _ body: String, _ kind: ModelError.Kind
    ) async throws {
        let error = try await error(ChatCompletionsDialect(), status, body)
        #expect(error.kind == kind && error.status == status && error.message.hasPrefix("here: "))
    }

    @Test(arguments: [
        (429, "rate_limit_error", "m", "enforced_spend_limit_reached", ModelError.Kind.quotaSpent),
        (429, "rate_limit_error", "m", "ramp_limit_exceeded", .rateLimited),
        (400, "billing_error", "m", "", .quotaSpent), (409, "conflict_error", "m", "", .server),
        (504, "timeout_error", "m", "", .server),
        (400, "invalid_request_error", "input length and `max_tokens` exceed context limit", "", .contextExceeded),
        (
            400, "invalid_request_error",
            "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified", "",
            .signatureRefused
        ),
        (400, "invalid_request_error", "messages: text cannot be modified", "", .invalidRequest),
    ]) func `the type of Anthropic decides where it says more`(
        _ status: Int, _ type: String, _ message: String, _ code: String, _ kind: ModelError.Kind
    ) async throws {
        let details = #""details":{"error_code":"\#(code)"}"#
        let body = #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)",\#(details)}}"#
        #expect(
            try await error(Self.dialects[0].dialect, status, body)
                == ModelError(kind, "here: \(message)", status: status))
    }

    @Test(arguments: [
        ([("retry-after", "3")], Duration.seconds(3), nil as Bool?),
        ([("Retry-After", "1.5")], .milliseconds(1500), nil),
        ([("retry-after-ms", "20"), ("retry-after", "3")], .milliseconds(20), nil),
        ([("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")], .zero, nil), ([("retry-after", "soon")], nil, nil),
        ([("X-Should-Retry", "false")], nil, false), ([("x-should-retry", "true")], nil, true),
        ([("x-should-retry", "maybe")], nil, nil),
    ]) func `the fields say when, and whether, to try again`(
        _ fields: [(String, String)], _ retryAfter: Duration?, _ shouldRetry: Bool?
    ) async throws {
        for (_, dialect) in Self.dialects {
            for status in [400, 429] {
                let error = try await error(dialect, status, "", fields.map { HTTPField($0.0, $0.1) })
                #expect(error.retryAfter == retryAfter && error.shouldRetry == shouldRetry)
                #expect(error.isRetryable == shouldRetry ?? (status == 429))
            }
        }
    }

    @Test func `a service that repeats the key does not bring it into an error`() async throws {
        for (name, dialect) in Self.dialects {
            let body = #"{"error":{"message":"wrong key sk-secret, really sk-secret"}}"#
            let error = try await error(dialect, 401, body)
            #expect(error.message == "here: wrong key [key], really [key]" && !"\(error)".contains("sk-secret"))
            let chunk = #"{"type":"error","error":{"message":"wrong key sk-secret"}}"#
            let stream = name == "chat" ? Recorded.chat([chunk]) : Recorded.anthropic([chunk])
            await #expect(throws: ModelError(.server, "here: wrong key [key]")) {
                try await Recorded.ask(dialect, RecordedTransport(body: stream))
            }
        }
    }

    @Test func `a long message is cut, and a body that breaks off leaves the status`() async throws {
        for (_, dialect) in Self.dialects {
            let long = String(repeating: "x", count: WireFailure.messageCharactersMax + 1)
            #expect(
                try await error(dialect, 500, #"{"error":{"message":"\#(long)"}}"#).message
                    == "here: \(long.dropLast())")
            let transport = RecordedTransport(status: 401, body: Array(#"{"err"#.utf8), isCut: true)
            await #expect(throws: ModelError(.authentication, "here answered with an error", status: 401)) {
                try await Recorded.ask(dialect, transport)
            }
        }
    }

    @Test func `an error is a sentence with its status`() {
        #expect("\(ModelError(.server, "x: broken", status: 500))" == "x: broken (HTTP 500)")
        #expect("\(ModelError(.cut, "x: broken"))" == "x: broken")
    }
}
