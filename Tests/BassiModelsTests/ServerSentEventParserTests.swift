import Testing

@testable import BassiModels

@Suite struct ServerSentEventParserTests {
    struct Vector: Sendable {
        let input: String
        let events: [ServerSentEvent]
        init(_ input: String, _ events: ServerSentEvent...) { (self.input, self.events) = (input, events) }
    }

    static let vectors = [
        Vector("data: a\n\n", .init(data: "a")), Vector("data:a\n\n", .init(data: "a")),
        Vector("data:  a\n\n", .init(data: " a")), Vector("data\n\n", .init(data: "")),
        Vector("data\ndata\n\n", .init(data: "\n")),
        Vector("data: a\r\ndata: b\rdata: c\n\r\n", .init(data: "a\nb\nc")), Vector("data: a\r\r", .init(data: "a")),
        Vector("data: a\r\n\r\n", .init(data: "a")),
        Vector("data: a\r\r\ndata: b\n\n", .init(data: "a"), .init(data: "b")),
        Vector("data: a\r\ndata: b\r\n\r\n", .init(data: "a\nb")), Vector("\u{FEFF}data: a\n\n", .init(data: "a")),
        Vector("\u{FEFF}\u{FEFF}data: a\n\n"), Vector("data: a\n\n\u{FEFF}data: b\n\n", .init(data: "a")),
        Vector(": ping\n\n"), Vector("event: x\n\ndata: a\n\n", .init(data: "a")),
        Vector("id: 7\n\ndata: a\n\n", .init(data: "a", id: "7")),
        Vector("id: 7\ndata: a\n\nid\ndata: b\n\n", .init(data: "a", id: "7"), .init(data: "b")),
        Vector("id: 7\ndata: a\n\ndata: b\n\n", .init(data: "a", id: "7"), .init(data: "b", id: "7")),
        Vector("id: 1\u{0}2\ndata: a\n\n", .init(data: "a")), Vector("Data: a\n\n"), Vector(" data: a\n\n"),
        Vector(
            "data: {\"t\":\"x\u{2028}y\u{85}z\u{0B}\u{0C}\"}\n\n",
            .init(data: "{\"t\":\"x\u{2028}y\u{85}z\u{0B}\u{0C}\"}")),
        Vector("data: 😀 \u{301}\n\n", .init(data: "😀 \u{301}")), Vector("data: a:b:c\n\n", .init(data: "a:b:c")),
        Vector("event: x\nevent: y\ndata: a\n\n", .init(event: "y", data: "a")),
        Vector(":\ndata: a\n:c\ndata: b\n\n", .init(data: "a\nb")), Vector("data: a"), Vector("data: a\n"),
        Vector("data:[DONE]\n\n", .init(data: "[DONE]")), Vector("\n\n\n\r\r\n"),
        Vector("data:\u{301}\n\n", .init(data: "\u{301}")),
    ]

    private func parse(_ chunks: [some Sequence<UInt8>]) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        return try chunks.flatMap { try parser.push($0) }
    }

    @Test(arguments: vectors)
    func `every vector gives its events whole, byte by byte and at every two-way split`(vector: Vector) throws {
        let bytes = Array(vector.input.utf8)
        #expect(try parse([bytes]) == vector.events)
        #expect(try parse(bytes.map { [$0] }) == vector.events)
        for cut in 0...bytes.count {
            #expect(try parse([bytes[..<cut], bytes[cut...]]) == vector.events, "cut at \(cut)")
        }
    }

    @Test func `all vectors in one stream survive random splits`() throws {
        let bytes = Self.vectors.filter { $0.input.hasSuffix("\n\n") && !$0.input.contains("\u{FEFF}") }
            .flatMap { Array($0.input.utf8) }
        let whole = try parse([bytes])
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var chunks: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let size = Int.random(in: 0...min(9, rest.count), using: &random)
                chunks.append(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(try parse(chunks) == whole)
        }
    }

    @Test func `bytes that are not UTF-8 are replaced and never cross an event`() throws {
        let events = try parse([Array("data: ".utf8) + [0xFF, 0xC3] + Array("\n\ndata: b\n\n".utf8)])
        #expect(events.map(\.data) == ["\u{FFFD}\u{FFFD}", "b"])
    }

    @Test func `an event without its blank line is given at the end to those who ask`() throws {
        for tail in ["data: a", "data: a\n", "data: a\r"] {
            var parser = ServerSentEventParser()
            #expect(try parser.push(tail.utf8).isEmpty)
            #expect(parser.finish() == ServerSentEvent(data: "a"))
            #expect(parser.finish() == nil)
        }
    }

    @Test func `retry takes digits only`() throws {
        var parser = ServerSentEventParser()
        _ = try parser.push("retry: 10x\nretry: 250\nretry:\nretry: 99999999999999999999\n\n".utf8)
        #expect(parser.reconnectionMilliseconds == 250)
    }

    @Test func `the limit holds for a line and for the lines of one event together`() throws {
        var parser = ServerSentEventParser(bytesMax: 16)
        #expect(try parser.push("data: 0123456789\n\n".utf8).count == 1)
        #expect(throws: ServerSentEventError.tooLarge(bytesMax: 16)) { try parser.push("data: 0123456789x".utf8) }
        parser = ServerSentEventParser(bytesMax: 16)
        #expect(throws: ServerSentEventError.tooLarge(bytesMax: 16)) {
            for _ in 0..<100 { _ = try parser.push("data: 01\n".utf8) }
        }
    }
}
