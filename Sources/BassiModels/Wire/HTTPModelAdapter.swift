import BassiEvents

/// Asks a provider over HTTP: sends the request in its dialect, reads the event stream, yields the parts.
struct HTTPModelAdapter: ModelAdapter {
    let provider: String
    let baseURL: String
    let key: String?
    let dialect: any WireDialect
    let transport: any HTTPTransport
    let userAgent: String

    /// The most bytes of a document in place of a stream.
    static let documentBytesMax = 16 << 20
    /// The most bytes of an error that are read.
    static let errorBytesMax = 1 << 20
    /// The most white space before the first byte that tells a stream from a document.
    static let blankBytesMax = 64 << 10

    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws {
        let body = dialect.body(of: request, for: provider)
        try await post(body, to: dialect.path, accepting: "text/event-stream") { response in
            var decoder = dialect.decoder(for: request, from: provider)
            try await read(response, with: &decoder, emit)
        }
    }

    func countTokens(of request: ModelRequest) async throws -> Int? {
        guard let path = dialect.countPath else { return nil }
        let body = dialect.countBody(of: request, for: provider)
        return try await post(body, to: path, accepting: "application/json") { response in
            let bytes = try await response.collect(bytesMax: Self.errorBytesMax)
            return (try? JSONParser.parse(bytes)).flatMap(dialect.count)
        }
    }

    /// Sends a document and lends the answer, if it is a good one.
    private func post<Value: Sendable>(
        _ body: JSONValue, to path: String, accepting type: String, _ read: (HTTPResponse) async throws -> Value
    ) async throws -> Value {
        var headers = [
            HTTPField("content-type", "application/json"), HTTPField("accept", type),
            HTTPField("user-agent", userAgent),
        ]
        headers += dialect.headers(key: key)
        let sent = HTTPRequest(url: baseURL + path, headers: headers, body: body.encoded)
        do {
            return try await transport.send(sent) { response in
                guard (200..<300).contains(response.status) else { throw try await failure(of: response) }
                return try await read(response)
            }
        } catch let error as ModelError {
            throw error.without(key)
        } catch let error as ServerSentEventError {
            throw ModelError(.malformed, "\(provider): \(error)")
        }
    }

    /// The first byte decides what this is, since gateways and proxies change or drop the type.
    private func read(
        _ response: HTTPResponse, with decoder: inout any AnswerDecoder, _ emit: (ModelPart) async throws -> Void
    ) async throws {
        let head = try await self.head(of: response)
        switch head.first(where: { !Self.isBlank($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let rest = try await response.collect(bytesMax: Self.documentBytesMax)
            guard let json = try? JSONParser.parse(head + rest) else {
                throw ModelError(.malformed, "\(provider) answered with a document that is not JSON")
            }
            for part in try decoder.decode(whole: json) { try await emit(part) }
        case UInt8(ascii: "<"):
            throw ModelError(
                .malformed, "\(provider) answered with a web page: is its base URL right?", shouldRetry: false)
        default:
            try await readStream(from: head, response, with: &decoder, emit)
        }
    }

    /// The bytes up to the first chunk with something in it.
    private func head(of response: HTTPResponse) async throws -> [UInt8] {
        var head: [UInt8] = []
        while head.count < Self.blankBytesMax, let chunk = try await response.nextChunk() {
            head += chunk
            if !chunk.allSatisfy(Self.isBlank) { break }
        }
        return head
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private func readStream(
        from head: [UInt8], _ response: HTTPResponse, with decoder: inout any AnswerDecoder,
        _ emit: (ModelPart) async throws -> Void
    ) async throws {
        var parser = ServerSentEventParser(ending: .lenient)
        try await feed(try parser.push(head), to: &decoder, emit)
        while !decoder.isComplete, let chunk = try await response.nextChunk() {
            try await feed(try parser.push(chunk), to: &decoder, emit)
        }
        do {
            try await feed(try parser.finish(), to: &decoder, emit)
        } catch let error as ModelError where error.kind == .malformed {
            // The body ended inside an event: either the answer is whole without it, or it is cut.
        }
        for part in try decoder.finish() { try await emit(part) }
    }

    private func feed(
        _ outputs: [ServerSentEventOutput], to decoder: inout any AnswerDecoder,
        _ emit: (ModelPart) async throws -> Void
    ) async throws {
        for case .event(let event) in outputs where !decoder.isComplete {
            for part in try decoder.decode(event) { try await emit(part) }
        }
    }

    private func failure(of response: HTTPResponse) async throws -> ModelError {
        if (300..<400).contains(response.status) {
            let sentence = "\(provider) redirects to another address, and a key is sent to no other: check the base URL"
            return ModelError(.invalidRequest, sentence, status: response.status)
        }
        var bytes: [UInt8] = []
        do { bytes = try await response.collect(bytesMax: Self.errorBytesMax) } catch is ModelError {
            // The body broke off; the status still says what went wrong.
        }
        let said = dialect.failure(status: response.status, body: try? JSONParser.parse(bytes))
        return ModelError(
            said.kind, said.sentence(of: provider), status: response.status,
            retryAfter: RetryDelay.asked(
                retryAfterMilliseconds: response["retry-after-ms"], retryAfter: response["retry-after"], now: .now),
            shouldRetry: response["x-should-retry"].flatMap { Bool($0) })
    }
}

extension ModelError {
    /// The same without the key, which some services repeat in their message. What is shorter than any key is a word.
    fileprivate func without(_ key: String?) -> ModelError {
        guard let key, key.utf8.count >= 8, message.contains(key) else { return self }
        return ModelError(
            kind, message.replacing(key, with: "[key]"), status: status, retryAfter: retryAfter,
            shouldRetry: shouldRetry)
    }
}
