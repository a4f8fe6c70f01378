import BassiEvents
import Synchronization

@testable import BassiModels

/// Answers as they came over a wire, cut into chunks of any size.
struct RecordedTransport: HTTPTransport {
    var status = 200
    var headers = [HTTPField("Content-Type", "text/event-stream")]
    var body: [UInt8]
    var chunkBytes = Int.max
    /// The sizes of the first chunks; the others have `chunkBytes`.
    var sizes: [Int] = []
    /// Whether the body ends with a broken connection.
    var isCut = false
    var sent = Sent()

    final class Sent: Sendable {
        private let requests = Mutex<[HTTPRequest]>([])
        var all: [HTTPRequest] { requests.withLock { $0 } }
        func append(_ request: HTTPRequest) { requests.withLock { $0.append(request) } }
    }

    func send<Value: Sendable>(
        _ request: HTTPRequest, _ receive: (HTTPResponse) async throws -> Value
    ) async throws -> Value {
        sent.append(request)
        var (rest, sizes) = (body[...], sizes[...])
        return try await receive(
            HTTPResponse(status: status, headers: headers) {
                if rest.isEmpty {
                    if isCut { throw ModelError(.cut, "the connection broke") }
                    return nil
                }
                let chunk = rest.prefix(sizes.popFirst() ?? chunkBytes)
                rest = rest.dropFirst(chunk.count)
                return Array(chunk)
            })
    }
}

/// The parts that an adapter gave.
final class PartLog: Sendable {
    private let parts = Mutex<[ModelPart]>([])
    var all: [ModelPart] { parts.withLock { $0 } }
    func append(_ part: ModelPart) { parts.withLock { $0.append(part) } }
}

enum Recorded {
    static let request = ModelRequest(model: "m", messages: [.user([.text("go")])])

    static func adapter(
        _ dialect: any WireDialect, _ transport: RecordedTransport, provider: String = "here"
    ) -> HTTPModelAdapter {
        HTTPModelAdapter(
            provider: provider, baseURL: "http://here", key: "sk-secret", dialect: dialect, transport: transport,
            userAgent: "bassi/test")
    }

    static func ask(_ dialect: any WireDialect, _ transport: RecordedTransport) async throws -> [ModelPart] {
        let parts = PartLog()
        try await adapter(dialect, transport).respond(to: request) { parts.append($0) }
        return parts.all
    }

    /// Events of Anthropic's wire from their payloads.
    static func anthropic(_ payloads: [String]) -> [UInt8] {
        payloads.map { json in
            let type = (try? JSONParser.parse(json))?["type"]?.string ?? ""
            return "event: \(type)\ndata: \(json)\n\n"
        }.joined().utf8.map { $0 }
    }

    /// Chunks of Chat Completions: the deltas of one choice, and what stands beside them.
    static func chat(_ chunks: [String], done: Bool = true) -> [UInt8] {
        Array((chunks.map { "data: \($0)\n\n" }.joined() + (done ? "data: [DONE]\n\n" : "")).utf8)
    }

    static func delta(_ delta: String, finish: String? = nil) -> String {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return #"{"id":"c1","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
    }

    /// Deltas of a block joined: how the bytes were cut decides how many there are.
    static func joined(_ parts: [ModelPart]) -> [ModelPart] {
        var joined: [ModelPart] = []
        for part in parts {
            if case .delta(let index, let more) = part, case .delta(let last, let text)? = joined.last, last == index {
                joined[joined.count - 1] = .delta(index: index, text + more)
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}
