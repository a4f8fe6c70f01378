import BassiEvents
import Foundation

@testable import BassiModels

/// A folder for recordings, removed afterwards.
struct RecordingFolder {
    let path: String

    static func with<Value>(_ body: (RecordingFolder) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("recordings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(RecordingFolder(path: url.path))
    }

    func file(_ name: String = "talk.jsonl") -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String = "talk.jsonl") throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }

    func text(_ name: String = "talk.jsonl") throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }

    func lines(_ name: String = "talk.jsonl") throws -> [JSONValue] {
        try text(name).split(separator: "\n").map { try JSONParser.parse(String($0)) }
    }
}

/// Answers with given parts, then fails or does not.
struct FixedAdapter: ModelAdapter {
    var provider = "acme"
    var parts: [ModelPart] = []
    var failure: (any Error)?

    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws {
        for part in parts { try await emit(part) }
        if let failure { throw failure }
    }

    func countTokens(of request: ModelRequest) async throws -> Int? { 42 }
}

/// Holds everything back to the end, and takes one word out.
struct WordRedactor: PieceRedactor {
    private var held = ""

    static func redact(_ text: String) -> String { text.replacing("hunter22", with: "[redacted:X]") }

    mutating func push(_ text: String) -> String {
        held += text
        return ""
    }

    mutating func finish() -> String {
        defer { held = "" }
        return Self.redact(held)
    }
}

extension RecordingRedaction {
    static let word = RecordingRedaction(whole: { WordRedactor.redact($0) }, pieces: { WordRedactor() })
    static let none = RecordingRedaction(whole: { $0 }, pieces: { PlainRedactor() })
}

/// Takes nothing out.
struct PlainRedactor: PieceRedactor {
    mutating func push(_ text: String) -> String { text }
    mutating func finish() -> String { "" }
}
