import BassiEvents
import Foundation

/// A recording that was read: the exchanges with models, in the order in which they began (docs/recordings.md).
public struct Recording: Sendable {
    /// The version of the form that this program writes and reads.
    public static let version = 1

    /// The largest file that is read.
    static let bytesMax = 1 << 30

    /// How an answer ended.
    enum End: Sendable, Equatable {
        case completed
        case failed(ModelError)
        case cancelled
    }

    /// One request and what came back.
    struct Exchange: Sendable {
        let provider: String
        let model: String
        /// Its line, from which the request is read when it is compared.
        let line: Data
        var parts: [ModelPart] = []
        /// Nil where the program that recorded it was killed.
        var end: End?
    }

    /// What was asked of a provider.
    enum Step: Sendable {
        case exchange(Exchange)
        case count(provider: String, model: String, tokens: Int)
    }

    /// The file.
    public let path: String
    /// Absolute paths of where it was made, by what they are.
    let places: [String: String]
    /// The models, first those of the session's chain in their order.
    private(set) var models: [RecordedModel]
    /// How many of the models are the chain.
    let chainCount: Int
    private(set) var steps: [Step] = []
    /// Where the exchange of a number stands in `steps`.
    private var exchanges: [Int] = []

    /// How many requests were recorded.
    public var requestCount: Int { exchanges.count }

    /// Reads a file. All of it is checked, so that what is wrong is found before anything runs.
    ///
    /// - Throws: ``RecordingError``.
    public init(path: String) throws(RecordingError) {
        self.path = path
        let data = try Self.bytes(of: path)
        if data.isEmpty { throw .empty(path: path) }
        var lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
        let isWhole = lines.last?.isEmpty == true
        if isWhole { lines.removeLast() }
        guard let first = lines.first, let head = try? JSONParser.parse(first), head["type"] == "recording" else {
            throw .noRecording(path: path)
        }
        guard head["version"]?.int64 == Int64(Self.version) else {
            throw .version(path: path, found: head["version"]?.text ?? "none")
        }
        do throws(MalformedLine) { (places, models) = try Self.head(head) } catch {
            throw .broken(path: path, line: 1, problem: error.problem)
        }
        chainCount = models.count
        for (index, line) in lines.enumerated().dropFirst() {
            let isLast = index == lines.count - 1
            guard let json = try? JSONParser.parse(line) else {
                if isLast, !isWhole { throw .truncated(path: path, line: index + 1) }
                throw .broken(path: path, line: index + 1, problem: "it is no JSON")
            }
            do throws(MalformedLine) { try take(json, line) } catch {
                throw .broken(path: path, line: index + 1, problem: error.problem)
            }
        }
        if exchanges.isEmpty { throw .empty(path: path) }
    }

    private static func bytes(of path: String) throws(RecordingError) -> Data {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { throw .missing(path: path) }
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable(path: path, reason: "it is no plain file") }
        guard status.st_size <= bytesMax else {
            throw .unusable(path: path, reason: "it is larger than \(bytesMax >> 20) MiB")
        }
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw .unusable(path: path, reason: access(path, R_OK) == 0 ? "\(error)" : String(cString: strerror(errno)))
        }
    }

    private static func head(_ json: JSONValue) throws(MalformedLine) -> ([String: String], [RecordedModel]) {
        var places: [String: String] = [:]
        for place in json["places"]?.object?.members ?? [] { places[place.key] = place.value.string }
        var models: [RecordedModel] = []
        for model in json["models"]?.array ?? [] { models.append(try RecordedModel(json: model)) }
        guard !models.isEmpty else { throw MalformedLine(problem: "it names no model") }
        return (places, models)
    }

    private mutating func take(_ json: JSONValue, _ line: Data) throws(MalformedLine) {
        switch json["type"]?.string {
        case "model": models.append(try RecordedModel(json: json))
        case "count":
            let (provider, model) = try known(json)
            steps.append(.count(provider: provider, model: model, tokens: try RecordedForm.int("tokens", json)))
        case "request":
            let (provider, model) = try known(json)
            guard try RecordedForm.int("exchange", json) == exchanges.count + 1 else {
                throw MalformedLine(problem: "its 'exchange' is not \(exchanges.count + 1)")
            }
            guard json["request"]?.object != nil else { throw MalformedLine(problem: "it has no 'request'") }
            exchanges.append(steps.count)
            steps.append(.exchange(Exchange(provider: provider, model: model, line: line)))
        case "part":
            let part = try RecordedForm.part(json)
            try change(json) { $0.parts.append(part) }
        case "end":
            let end = try Self.end(json)
            try change(json) { $0.end = end }
        default: throw MalformedLine(problem: "its 'type' is none that this program knows")
        }
    }

    private func known(_ json: JSONValue) throws(MalformedLine) -> (String, String) {
        let names = (try RecordedForm.text("provider", json), try RecordedForm.text("model", json))
        guard models.contains(where: { ($0.provider, $0.model) == names }) else {
            throw MalformedLine(problem: "nothing is said of its model before")
        }
        return names
    }

    private mutating func change(_ json: JSONValue, _ body: (inout Exchange) -> Void) throws(MalformedLine) {
        let number = try RecordedForm.int("exchange", json)
        guard exchanges.indices.contains(number - 1), case .exchange(var exchange) = steps[exchanges[number - 1]],
            exchange.end == nil
        else { throw MalformedLine(problem: "its 'exchange' is none that is open") }
        body(&exchange)
        steps[exchanges[number - 1]] = .exchange(exchange)
    }

    private static func end(_ json: JSONValue) throws(MalformedLine) -> End {
        switch json["outcome"]?.string {
        case "completed": .completed
        case "cancelled": .cancelled
        case "failed": .failed(try RecordedForm.error(try RecordedForm.member("error", json)))
        default: throw MalformedLine(problem: "its 'outcome' is none that this program knows")
        }
    }
}
