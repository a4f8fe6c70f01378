import BassiEvents
import BassiModels
import BassiTools
import Synchronization

@testable import BassiWeb

/// Names that resolve to what a test says, each time to the next answer; the last one stays.
final class FakeNames: NameResolver {
    private let answers: [String: [[String]]]
    private let asked = Mutex<[String: Int]>([:])

    init(_ answers: [String: [[String]]]) { self.answers = answers }

    func addresses(of name: String) async throws -> [IPAddress] {
        guard let list = answers[name] else { throw NameNotFound(reason: "not known to the test") }
        let count = asked.withLock { asked in
            asked[name, default: 0] += 1
            return asked[name, default: 1] - 1
        }
        return list[min(count, list.count - 1)].compactMap { IPAddress($0) }
    }
}

/// Pages by their address; notes where connections go.
final class FakeWeb: WebTransport {
    struct Page: Sendable {
        var status = 200
        var headers: [HTTPField] = []
        var body: [UInt8] = []
        /// Sends the body again and again.
        var isEndless = false
    }

    private let pages: [String: Page]
    private let unreachable: Set<String>
    private let log = Mutex<[String]>([])

    init(_ pages: [String: Page], unreachable: Set<String> = []) {
        (self.pages, self.unreachable) = (pages, unreachable)
    }

    /// `ADDRESS > DESTINATION`, in order.
    var connections: [String] { log.withLock { $0 } }

    func get<Value: Sendable>(
        _ request: WebRequest, _ body: (WebResponse) async throws -> Value
    ) async throws -> Value {
        let destination = request.destination.map { "\($0)" } ?? "proxy"
        log.withLock { $0.append("\(request.address) > \(destination)") }
        if unreachable.contains(destination) { throw ToolError("unreachable", "nobody is at \(destination)") }
        guard let page = pages[request.address.description] else { throw ToolError("unreachable", "no page") }
        var rest: [UInt8]? = page.body
        return try await body(
            WebResponse(status: page.status, headers: page.headers) {
                try Task.checkCancellation()
                guard let chunk = rest else { return nil }
                if !page.isEndless { rest = nil }
                return chunk
            })
    }
}

extension FakeWeb.Page {
    static func html(_ text: String) -> FakeWeb.Page {
        .init(headers: [HTTPField("Content-Type", "text/html; charset=utf-8")], body: Array(text.utf8))
    }

    static func redirect(to location: String, status: Int = 302) -> FakeWeb.Page {
        .init(status: status, headers: [HTTPField("Location", location)])
    }
}

/// The tool as the executor runs it.
func fetch(
    _ url: String, _ web: some WebTransport, _ names: [String: [[String]]] = ["a.org": [["1.1.1.1"]]],
    settings: WebSettings = WebSettings(), environment: [String: String] = [:]
) async -> Result<ToolResult, ToolError> {
    let tool = WebFetchTool(settings: settings, resolver: FakeNames(names), transport: web)
    return await fetch(url, tool, environment: environment)
}

func fetch(
    _ url: String, _ tool: WebFetchTool, environment: [String: String] = [:]
) async -> Result<ToolResult, ToolError> {
    let executor = ToolExecutor(ToolRegistry([tool]))
    do {
        let call = try executor.check("t", name: "web_fetch", input: ["url": .string(url)])
        return await executor.execute(call, context: ToolContext(toolID: "t", folder: "/", environment: environment))
    } catch { return .failure(error) }
}

extension Result<ToolResult, ToolError> {
    var text: String? { (try? get())?.content.compactMap(\.text).joined(separator: "\n") }
    var error: ToolError? { if case .failure(let error) = self { error } else { nil } }
}
