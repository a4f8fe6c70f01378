import BassiEvents
import Synchronization

/// Asks a model through another adapter, and writes down what is asked and what comes back.
struct RecordingAdapter: ModelAdapter {
    let adapter: any ModelAdapter
    let model: RecordedModel
    let recorder: Recorder

    var provider: String { adapter.provider }

    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws {
        let exchange = OpenExchange(number: try await recorder.begin(request, to: model), redaction: recorder.redaction)
        do {
            try await adapter.respond(to: request) { part in
                try await recorder.write(exchange.lines(of: part))
                try await emit(part)
            }
        } catch {
            // The error says why the answer ended, also where the recording cannot say so any more.
            try? await recorder.write(exchange.end(after: error, isCancelled: Task.isCancelled))
            throw error
        }
        try await recorder.write(exchange.end(after: nil, isCancelled: false))
    }

    func countTokens(of request: ModelRequest) async throws -> Int? {
        let tokens = try await adapter.countTokens(of: request)
        if let tokens { try await recorder.note(tokens: tokens, of: model) }
        return tokens
    }
}

/// An answer that arrives: its lines, without secrets.
private final class OpenExchange: Sendable {
    private let number: Int
    private let redaction: RecordingRedaction
    private let startedAt = ContinuousClock.now
    private let texts = Mutex<[Int: any PieceRedactor]>([:])

    init(number: Int, redaction: RecordingRedaction) {
        self.number = number
        self.redaction = redaction
    }

    /// What is held back of a block, since it may be the beginning of a secret, comes before its end.
    func lines(of part: ModelPart) -> [JSONValue] {
        switch part {
        case .messageStarted, .completed: return [line(part)]
        case .blockStarted(let index, _):
            texts.withLock { $0[index] = redaction.pieces() }
            return [line(part)]
        case .delta(let index, let text): return delta(texts.withLock { $0[index]?.push(text) }, at: index)
        case .blockEnded(let index, _):
            return delta(texts.withLock { $0.removeValue(forKey: index).map(Self.rest) }, at: index) + [line(part)]
        }
    }

    func end(after error: (any Error)?, isCancelled: Bool) -> [JSONValue] {
        let open = texts.withLock { texts in
            defer { texts = [:] }
            return texts.sorted { $0.key < $1.key }.map { ($0.key, Self.rest($0.value)) }
        }
        let form = RecordedForm(redact: redaction.whole)
        let failure = isCancelled ? nil : error as? ModelError
        let outcome: JSONValue = error == nil ? "completed" : failure == nil ? "cancelled" : "failed"
        let members: [(String, JSONValue?)] = [("outcome", outcome), ("error", failure.map { form.json($0) })]
        return open.flatMap { delta($1, at: $0) } + [line("end", members)]
    }

    private static func rest(_ redactor: any PieceRedactor) -> String {
        var redactor = redactor
        return redactor.finish()
    }

    private func delta(_ text: String?, at index: Int) -> [JSONValue] {
        guard let text, !text.isEmpty else { return [] }
        return [line(.delta(index: index, text))]
    }

    private func line(_ part: ModelPart) -> JSONValue {
        line("part", RecordedForm(redact: redaction.whole).members(of: part))
    }

    private func line(_ type: JSONValue, _ members: [(String, JSONValue?)]) -> JSONValue {
        let elapsed = (ContinuousClock.now - startedAt).milliseconds
        let head: [(String, JSONValue?)] = [
            ("type", type), ("exchange", .number(JSONNumber(number))), ("ms", .number(JSONNumber(elapsed))),
        ]
        return .members(head + members)
    }
}
