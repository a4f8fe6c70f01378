import BassiEvents
import BassiStore
import BassiTools
import Foundation
import Testing

@testable import BassiModels
@testable import BassiSession
@testable import BassiTesting

/// A picture and a document, from the file to the request: `read_file`, the log, the blob store, and what each provider
/// is sent, which is held against what its service takes.
@Suite struct ReadPictureTests {
    private static let pngData =
        "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP8zwAFTDAGAwATKQED8NgHhAAAAABJRU5ErkJggg=="
    private static let gifData = "R0lGODdhAwACAIEAAP8AAAAAAAAAAAAAACwAAAAAAwACAAAIBgABCBwYEAA7"
    private static let webPData =
        "UklGRjQAAABXRUJQVlA4ICgAAABwAQCdASoDAAIACQCsJaACdAFAAAD+4cN4Nkim5H/wQX9Dn9beIAAA"
    private static let pdfData = Data("%PDF-1.4\n%%EOF\n".utf8).base64EncodedString()

    /// What the model is sent after it has read these files, in a session that was closed in between.
    private func request(_ files: [(name: String, data: String)]) async throws -> ModelRequest {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            .resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files {
            try Data(base64Encoded: file.data)?.write(to: folder.appendingPathComponent(file.name))
        }
        let calls = files.map { ScriptedCall("read_file", ["path": .string($0.name)], id: ToolID($0.name)) }
        let model = ScriptedModel([
            ScriptedAnswer(tools: calls), ScriptedAnswer(text: "Seen."), ScriptedAnswer(text: "Still seen."),
        ])
        var configuration = AgentConfiguration(
            model: "demo", tools: [.readFile], folder: folder.path, environment: [:])
        configuration.providers = model.registry()
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("Look.") {}
        try await session.close()
        // The events hold no bytes of a picture; the request has them again.
        let opened = try await AgentSession.open(session.id, configuration, store: store)
        for try await _ in opened.send("And now?") {}
        try await opened.close()
        return try #require(model.requests.last)
    }

    private var files: [(name: String, data: String)] {
        [("a", Self.pngData), ("b.txt", Self.gifData), ("c.pdf", Self.webPData), ("d.png", Self.pdfData)]
    }

    @Test(arguments: AnthropicDialect.versions) func `to Anthropic`(_ version: String) async throws {
        let body = AnthropicDialect(version: version) { _ in false }.body(
            of: try await request(files), for: "anthropic")
        try AnthropicRequestCheck(version: version).check(body)
        let results = (body["messages"]?.array ?? []).flatMap { $0["content"]?.array ?? [] }
            .filter { $0["type"]?.string == "tool_result" }.flatMap { $0["content"]?.array ?? [] }
        #expect(results.map { $0["type"]?.string } == ["image", "image", "image", "document"])
        #expect(
            results.map { $0["source"]?["media_type"]?.string } == [
                "image/png", "image/gif", "image/webp", "application/pdf",
            ])
        #expect(
            results.map { $0["source"]?["data"]?.string }
                == [Self.pngData, Self.gifData, Self.webPData, Self.pdfData])
    }

    @Test func `to OpenAI Responses`() async throws {
        let body = ResponsesDialect().body(of: try await request(files), for: "openai")
        try ResponsesRequestCheck().check(body)
        let parts = (body["input"]?.array ?? []).flatMap { $0["output"]?.array ?? [] }
        #expect(parts.map { $0["type"]?.string } == ["input_image", "input_image", "input_image", "input_file"])
        #expect(parts.first?["image_url"]?.string == "data:image/png;base64,\(Self.pngData)")
        #expect(parts.last?["file_data"]?.string == "data:application/pdf;base64,\(Self.pdfData)")
    }

    @Test func `to Chat Completions, where a result has no pictures, in a message behind the results`() async throws {
        let body = ChatCompletionsDialect().body(of: try await request(files), for: "deepseek")
        try ChatRequestCheck().check(body)
        let messages = body["messages"]?.array ?? []
        let tools = messages.indices.filter { messages[$0]["role"]?.string == "tool" }
        #expect(tools.count == 4)
        let parts = messages[try #require(tools.last) + 1]["content"]?.array ?? []
        let kinds = parts.compactMap { $0["type"]?.string }.filter { $0 != "text" }
        #expect(kinds == ["image_url", "image_url", "image_url", "file"])
    }
}
