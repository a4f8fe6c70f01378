import BassiEvents

/// Asks a provider over HTTP: sends the request in its dialect, reads the event stream, yields the parts.
struct HTTPModelAdapter: ModelAdapter {
    let provider: String
    let baseURL: String
    let key: String?
    let dialect: any WireDialect
    let transport: any HTTPTransport
    let userAgent: String

    /// The most bytes of an answer that is read at once: an error, or a document in place of a stream.
    static let documentBytesMax = 16 << 20

    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws {
        let body = dialect.body(of: request, for: provider).encoded
        var headers = [
            HTTPField("content-type", "application/json"), HTTPField("accept", "text/event-stream"),
            HTTPField("user-agent", userAgent),
        ]
        headers += dialect.headers(key: key)
        let sent = HTTPRequest(url: baseURL + dialect.path, headers: headers, body: body)
        try await transport.send(sent) { response in
            guard (200..<300).contains(response.status) else { throw try await failure(of: response) }
            var decoder = dialect.decoder(for: request, from: provider)
            try await read(response, with: &decoder, emit)
        }
    }

    /// A stream is told by its type, or, where a proxy has dropped that, by not being JSON.
    private func read(
        _ response: HTTPResponse, with decoder: inout any AnswerDecoder, _ emit: (ModelPart) async throws -> Void
    ) async throws {
        if response["content-type"]?.lowercased().contains("json") == true {
            let bytes = try await response.collect(bytesMax: Self.documentBytesMax)
            guard let json = try? JSONParser.parse(bytes) else {
                throw ModelError(.malformed, "\(provider) answered with something that is neither a stream nor JSON")
            }
            for part in try decoder.decode(whole: json) { try await emit(part) }
            return
        }
        var parser = ServerSentEventParser(ending: .lenient)
        while !decoder.isComplete, let chunk = try await response.nextChunk() {
            try await feed(try parser.push(chunk), to: &decoder, emit)
        }
        try await feed(try parser.finish(), to: &decoder, emit)
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
        let bytes = try await response.collect(bytesMax: 1 << 20)
        let said = dialect.failure(status: response.status, body: try? JSONParser.parse(bytes))
        let message = said.message.isEmpty ? "\(provider) answered with an error" : "\(provider): \(said.message)"
        return ModelError(
            said.kind, message, status: response.status,
            retryAfter: RetryDelay.asked(
                retryAfterMilliseconds: response["retry-after-ms"], retryAfter: response["retry-after"]),
            shouldRetry: response["x-should-retry"].flatMap { Bool($0) })
    }
}
