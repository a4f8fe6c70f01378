import BassiEvents
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Takes secrets out of a text that comes in pieces; the pieces that come out join to the whole without secrets.
public protocol PieceRedactor: Sendable {
    /// Takes the next piece, and gives back what can leave.
    mutating func push(_ text: String) -> String
    /// Takes the end of the text, and gives back what was held.
    mutating func finish() -> String
}

/// How secrets are taken out of a recording, before a byte of it is written.
public struct RecordingRedaction: Sendable {
    let whole: @Sendable (String) -> String
    let pieces: @Sendable () -> any PieceRedactor

    /// The two forms of one redaction: of a whole text, and of one that comes in pieces.
    public init(
        whole: @escaping @Sendable (String) -> String, pieces: @escaping @Sendable () -> any PieceRedactor
    ) {
        self.whole = whole
        self.pieces = pieces
    }
}

/// Writes a recording: a new private file of JSON Lines, each written as a whole as soon as it is known, so that a kill
/// leaves all that came before it.
public final class Recorder: Sendable {
    /// What has been written so far.
    struct Progress {
        var exchanges = 0
        var models: [RecordedModel] = []
        var hasBegun = false
    }

    /// Where it is written.
    public let path: String
    let redaction: RecordingRedaction
    private let descriptor: Int32
    private let head: JSONValue
    private let chain: [RecordedModel]
    private let queue = DispatchQueue(label: "bassi.recorder")
    private let progress = Mutex(Progress())

    /// Makes the file, with mode 0600. Nothing is written before the model is asked.
    ///
    /// - Parameters:
    ///   - models: the models of the session, in the order in which they stand in for each other.
    ///   - places: absolute paths that are others where it is played back, by what they are: `folder`, `home`.
    ///   - redaction: takes secrets out.
    /// - Throws: ``RecordingError`` when there is something in the file, or it cannot be made.
    public init(
        path: String, models: [ProviderRegistry.Found], places: [String: String], redaction: RecordingRedaction
    ) throws(RecordingError) {
        descriptor = try Self.open(path)
        self.path = path
        self.redaction = redaction
        chain = models.map { RecordedModel($0) }
        head = [
            "type": "recording", "version": .number(JSONNumber(Recording.version)),
            "places": .members(places.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
            "models": .array(chain.map(\.json)),
        ]
    }

    deinit { close(descriptor) }

    private static func open(_ path: String) throws(RecordingError) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: String(cString: strerror(errno))) }
        var status = stat()
        var failure: RecordingError?
        if fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG {
            failure = .unusable(path: path, reason: "it is no plain file")
        } else if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            failure = .inUse(path: path)
        } else if status.st_size > 0 {
            failure = .exists(path: path)
        } else if fchmod(descriptor, 0o600) != 0 {
            failure = .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        if let failure {
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    // MARK: - Writing

    /// Begins an exchange with a model and gives its number: 1, 2, 3 …
    func begin(_ request: ModelRequest, to model: RecordedModel) async throws(ModelError) -> Int {
        let json = RecordedForm(redact: redaction.whole).json(request)
        return try await write { progress in
            progress.exchanges += 1
            let asked: JSONValue = [
                "type": "request", "exchange": .number(JSONNumber(progress.exchanges)),
                "provider": .string(model.provider), "model": .string(model.model), "request": json,
            ]
            return (progress.exchanges, self.introduction(of: model, &progress) + [asked])
        }
    }

    /// Notes what a provider counted.
    func note(tokens: Int, of model: RecordedModel) async throws(ModelError) {
        try await write { progress in
            let count: JSONValue = [
                "type": "count", "provider": .string(model.provider), "model": .string(model.model),
                "tokens": .number(JSONNumber(tokens)),
            ]
            return ((), self.introduction(of: model, &progress) + [count])
        }
    }

    /// Adds lines.
    func write(_ lines: [JSONValue]) async throws(ModelError) { try await write { _ in ((), lines) } }

    /// The head of the file, once, and the model, when it is asked first.
    private func introduction(of model: RecordedModel, _ progress: inout Progress) -> [JSONValue] {
        var lines: [JSONValue] = []
        if !progress.hasBegun {
            lines.append(head)
            (progress.hasBegun, progress.models) = (true, chain)
        }
        if !progress.models.contains(where: { ($0.provider, $0.model) == (model.provider, model.model) }) {
            lines.append(.members([("type", "model")] + (model.json.object?.members ?? []).map { ($0.key, $0.value) }))
            progress.models.append(model)
        }
        return lines
    }

    /// On a thread of its own: a slow disk holds up the answer, and never the pool.
    private func write<Value: Sendable>(
        _ make: @escaping @Sendable (inout Progress) -> (Value, [JSONValue])
    ) async throws(ModelError) -> Value {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, ModelError>, Never>) in
            queue.async {
                let (value, lines) = self.progress.withLock { make(&$0) }
                let reason = self.write(lines.flatMap { $0.encoded + [0x0A] })
                if let reason {
                    let error = RecordingError.unusable(path: self.path, reason: reason)
                    return continuation.resume(returning: .failure(ModelError(.invalidRequest, "\(error)")))
                }
                continuation.resume(returning: .success(value))
            }
        }
        return try result.get()
    }

    /// Why the bytes could not be written; nil when they are.
    private func write(_ bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return String(cString: strerror(errno)) }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
