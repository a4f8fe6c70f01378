import BassiModels
import Testing

struct Vector: Sendable {
    let input: [UInt8]
    let outputs: [ServerSentEventOutput]
    var ending = ServerSentEventParser.Ending.strict

    init(_ input: String, _ outputs: [ServerSentEventOutput], ending: ServerSentEventParser.Ending = .strict) {
        self.input = Array(input.utf8)
        self.outputs = outputs
        self.ending = ending
    }
}

private func message(_ data: String, id: String? = nil, event: String = "message") -> ServerSentEventOutput {
    .event(ServerSentEvent(event: event, data: data, id: id))
}

private let vectors: [Vector] = [
    Vector("data: a\n\n", [message("a")]),
    Vector("data:a\n\n", [message("a")]),
    Vector("data:  a\n\n", [message(" a")]),
    Vector("data\n\n", [message("")]),
    Vector("data\ndata\n\n", [message("\n")]),
    Vector("data: a\r\ndata: b\rdata: c\n\r\n", [message("a\nb\nc")]),
    Vector("data: a\r\rdata: b\n\n", [message("a"), message("b")]),
    Vector("data: a\r\n\r\n", [message("a")]),
    Vector("\u{FEFF}data: a\n\n", [message("a")]),
    Vector("\u{FEFF}\u{FEFF}data: a\n\n", []),
    Vector("data: a\n\n\u{FEFF}data: b\n\n", [message("a")]),
    Vector(": ping\n\n", [.comment(" ping")]),
    Vector("event: x\n\ndata: a\n\n", [message("a")]),
    Vector("id: 7\n\ndata: a\n\n", [.lastEventID("7"), message("a", id: "7")]),
    Vector("id: 7\ndata: a\n\nid\ndata: b\n\n", [message("a", id: "7"), message("b", id: "")]),
    Vector("id: 1\u{0}2\ndata: a\n\n", [message("a")]),
    Vector("retry: 10x\nretry: 250\n\n", [.retry(milliseconds: 250)]),
    Vector("Data: a\n\n", []),
    Vector(" data: a\n\n", []),
    Vector("data: a", []),
    Vector("data: a", [message("a")], ending: .lenient),
    Vector("data: a\n", [message("a")], ending: .lenient),
    Vector(
        "data: {\"t\":\"x\u{2028}\u{85}\u{B}\u{C}y\"}\n\n", [message("{\"t\":\"x\u{2028}\u{85}\u{B}\u{C}y\"}")]),
    Vector("data: 🦉\n\n", [message("🦉")]),
    Vector("data: a:b:c\n\n", [message("a:b:c")]),
    Vector("event: x\nevent: y\ndata: a\n\n", [message("a", event: "y")]),
    Vector(":\ndata: a\n:c\ndata: b\n\n", [.comment(""), .comment("c"), message("a\nb")]),
]

private func outputs(of chunks: [ArraySlice<UInt8>], _ parser: ServerSentEventParser) throws -> [ServerSentEventOutput]
{
    var parser = parser
    var outputs: [ServerSentEventOutput] = []
    for chunk in chunks { outputs += try parser.push(Array(chunk)) }
    return try outputs + parser.finish()
}

@Suite struct ServerSentEventParserTests {
    @Test(arguments: vectors) func `a vector read whole yields its events`(vector: Vector) throws {
        #expect(try outputs(of: [vector.input[...]], .init(ending: vector.ending)) == vector.outputs)
    }

    @Test(arguments: vectors) func `a vector read byte by byte yields its events`(vector: Vector) throws {
        let bytes = vector.input.indices.map { vector.input[$0...$0] }
        #expect(try outputs(of: bytes, .init(ending: vector.ending)) == vector.outputs)
    }

    @Test(arguments: vectors) func `a vector cut in two anywhere yields its events`(vector: Vector) throws {
        for cut in 0...vector.input.count {
            let chunks = [vector.input[..<cut], vector.input[cut...]]
            #expect(try outputs(of: chunks, .init(ending: vector.ending)) == vector.outputs, "cut at \(cut)")
        }
    }

    @Test func `random cuts never change what a stream yields`() throws {
        let input: [UInt8] = vectors.filter { $0.ending == .strict }.flatMap { $0.input + [0x0A, 0x0A] }
        let whole = try outputs(of: [input[...]], .init())
        for _ in 0..<300 {
            let cuts = (0..<Int.random(in: 0...30)).map { _ in Int.random(in: 0...input.count) }.sorted()
            let edges = [0] + cuts + [input.count]
            let chunks = zip(edges, edges.dropFirst()).map { input[$0..<$1] }
            #expect(try outputs(of: chunks, .init()) == whole, "cuts at \(cuts)")
        }
    }

    @Test func `a line may be as long as its cap and no longer`() throws {
        let parser = ServerSentEventParser(lineBytesMax: 8)
        #expect(try outputs(of: [Array("data: ab\n\n".utf8)[...]], parser) == [message("ab")])
        let long = Array("data: abc\n\n".utf8)
        for cut in 0...long.count {
            #expect(throws: ServerSentEventError.lineTooLong(lineBytesMax: 8)) {
                try outputs(of: [long[..<cut], long[cut...]], parser)
            }
        }
    }

    @Test func `the data of an event may be as large as its cap and no larger`() throws {
        let parser = ServerSentEventParser(eventBytesMax: 3)
        #expect(try outputs(of: [Array("data: a\ndata: b\n\n".utf8)[...]], parser) == [message("a\nb")])
        #expect(throws: ServerSentEventError.eventTooLarge(eventBytesMax: 3)) {
            try outputs(of: [Array("data: a\ndata: bc\n\n".utf8)[...]], parser)
        }
    }
}
