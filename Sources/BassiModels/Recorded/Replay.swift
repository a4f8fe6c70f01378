import BassiEvents
import Foundation
import Synchronization

/// Plays a recording back: the n-th request gets the n-th answer, if it is the request that was recorded.
///
///     let replay = Replay(try Recording(path: "talk.jsonl"), places: ["folder": folder])
///     let providers = ProviderRegistry.standard(environment: [:]).replaying(replay)
///     let found = try providers.adapter(for: replay.model)
public final class Replay: Sendable {
    private struct State {
        var next = 0
        var requests = 0
        /// What went wrong first; nothing after it can be right.
        var failure: ModelError?
    }

    /// What is played back.
    public let recording: Recording
    private let places: [String: String]
    private let moved: RecordedPlaces
    private let redact: @Sendable (String) -> String
    private let cancelled: (@Sendable () -> Void)?
    private let state = Mutex(State())

    /// A recording, at its beginning.
    ///
    /// - Parameters:
    ///   - places: what absolute paths are here, by the same names as when it was recorded.
    ///   - redact: takes out of requests what was taken out of the recorded ones.
    ///   - cancelled: called where the recorded answer was cancelled; it is to cancel in its turn. Without it that
    ///     answer ends as one that broke off.
    public init(
        _ recording: Recording, places: [String: String] = [:],
        redact: @escaping @Sendable (String) -> String = { $0 }, cancelled: (@Sendable () -> Void)? = nil
    ) {
        self.recording = recording
        self.places = places
        self.redact = redact
        self.cancelled = cancelled
        moved = RecordedPlaces(from: recording.places, to: places)
    }

    /// The recorded models, under the names and with the prices that they had.
    var found: [ProviderRegistry.Found] {
        recording.models.map { model in
            ProviderRegistry.Found(
                adapter: ReplayAdapter(provider: model.provider, replay: self), model: model.model,
                profile: model.profile)
        }
    }

    /// The name of the model that was recorded.
    public var model: String { found[0].name }

    /// The names of the models that stood in for it, in their order.
    public var fallbackModels: [String] { found[..<recording.chainCount].dropFirst().map(\.name) }

    /// What a provider counted here; nil where the next thing recorded is no count.
    func count(of provider: String) -> Int? {
        state.withLock { state in
            guard state.next < recording.steps.count, case .count(provider, _, let tokens) = recording.steps[state.next]
            else { return nil }
            state.next += 1
            return tokens
        }
    }

    /// The answer to a request.
    func play(
        _ request: ModelRequest, to provider: String, _ emit: @Sendable (ModelPart) async throws -> Void
    ) async throws {
        let exchange = try next(request, provider)
        for part in moved.replacing(in: exchange.parts) {
            try Task.checkCancellation()
            try await emit(part)
        }
        switch exchange.end {
        case .completed: return
        case .failed(let error): throw error
        case .cancelled:
            if let cancelled {
                cancelled()
                // Whoever cancels ends this at once.
                try await Task.sleep(for: .seconds(3600))
            }
            throw ModelError(.cut, "the answer was cancelled when it was recorded", shouldRetry: false)
        case nil:
            throw fail("the recording '\(recording.path)' ends in the middle of this answer", .cut)
        }
    }

    private func next(_ request: ModelRequest, _ provider: String) throws -> Recording.Exchange {
        let (exchange, number) = try state.withLock { state throws(ModelError) in
            if let failure = state.failure { throw failure }
            state.requests += 1
            while state.next < recording.steps.count {
                defer { state.next += 1 }
                // A count that nobody asked for: the estimate was on the other side of its limit.
                if case .exchange(let exchange) = recording.steps[state.next] { return (exchange, state.requests) }
            }
            let count = recording.requestCount
            let failure = ModelError(
                .invalidRequest,
                "the recording '\(recording.path)' has \(count == 1 ? "1 request" : "\(count) requests"), and this is "
                    + "number \(state.requests): record it again with what is asked now")
            state.failure = failure
            throw failure
        }
        if let difference = difference(request, provider, exchange) {
            throw fail("request \(number) is not the one in the recording '\(recording.path)': \(difference)")
        }
        return exchange
    }

    private func difference(_ request: ModelRequest, _ provider: String, _ exchange: Recording.Exchange) -> String? {
        let (recorded, now) = ("\(exchange.provider)/\(exchange.model)", "\(provider)/\(request.model)")
        if recorded != now { return "/model: recorded \"\(recorded)\", now \"\(now)\"" }
        let line = (try? JSONParser.parse(exchange.line))?["request"] ?? .null
        let left = ComparedRequest.json(of: line, places: recording.places)
        let right = ComparedRequest.json(of: RecordedForm(redact: redact).json(request), places: places)
        return RequestDifference.first(left, right)?.description
    }

    private func fail(_ message: String, _ kind: ModelError.Kind = .invalidRequest) -> ModelError {
        let error = ModelError(kind, message, shouldRetry: false)
        state.withLock { $0.failure = error }
        return error
    }
}

/// Answers for one provider of a recording.
struct ReplayAdapter: ModelAdapter {
    let provider: String
    let replay: Replay

    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws {
        try await replay.play(request, to: provider, emit)
    }

    func countTokens(of request: ModelRequest) async throws -> Int? { replay.count(of: provider) }
}
