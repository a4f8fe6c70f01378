import Foundation

/// A provider of Anthropic's wire that says `token0 token1 …`, as fast as it is read or at a pace: bytes that were made
/// before, so that it costs next to nothing. Each connection has a thread.
final class TokenServer: Sendable {
    /// The answer's events, in the pieces in which they are sent.
    let pieces: [[UInt8]]
    /// The pause before each piece; 0 for none.
    let pauseMilliseconds: Int
    let port: Int
    private let listener: Int32

    /// - Parameters:
    ///   - tokens: Deltas of the answer.
    ///   - tokensPerPiece: How many of them are sent at once.
    init(tokens: Int, tokensPerPiece: Int, pauseMilliseconds: Int = 0) throws {
        pieces = Self.pieces(tokens, tokensPerPiece)
        self.pauseMilliseconds = pauseMilliseconds
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, size) == 0 && listen(listener, 1024) == 0 && getsockname(listener, raw, &size) == 0
            }
        }
        guard bound else { throw BenchmarkProblem("no port can be listened on: \(String(cString: strerror(errno)))") }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { self.accept() }
    }

    /// Bytes of one answer.
    var byteCount: Int { pieces.reduce(0) { $0 + $1.count } }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func pieces(_ tokens: Int, _ perPiece: Int) -> [[UInt8]] {
        func event(_ type: String, _ rest: String) -> String {
            "event: \(type)\ndata: {\"type\":\"\(type)\"\(rest)}\n\n"
        }
        let deltas = (0..<tokens).map {
            event(
                "content_block_delta", #","index":0,"delta":{"type":"text_delta","text":" token\#($0)"}"#)
        }
        let message =
            #","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"#
            + #""stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}"#
        let begin =
            event("message_start", message)
            + event("content_block_start", #","index":0,"content_block":{"type":"text","text":""}"#)
        let end =
            event("content_block_stop", #","index":0"#)
            + event(
                "message_delta",
                #","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":\#(tokens)}"#)
            + event("message_stop", "")
        let middle = stride(from: 0, to: tokens, by: perPiece).map {
            deltas[$0..<min($0 + perPiece, tokens)].joined()
        }
        return ([begin] + middle + [end]).map { Array($0.utf8) }
    }

    private func accept() {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            Thread.detachNewThread {
                while self.answer(connection) {}
                close(connection)
            }
        }
    }

    /// Answers one request; false when the client has left.
    private func answer(_ connection: Int32) -> Bool {
        guard readRequest(connection) else { return false }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        guard write(connection, Array(head.utf8)) else { return false }
        for piece in pieces {
            if pauseMilliseconds > 0 { usleep(UInt32(pauseMilliseconds) * 1000) }
            let size = Array("\(String(piece.count, radix: 16))\r\n".utf8)
            guard write(connection, size + piece + [0x0D, 0x0A]) else { return false }
        }
        return write(connection, Array("0\r\n\r\n".utf8))
    }

    private func readRequest(_ connection: Int32) -> Bool {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        let end = Data("\r\n\r\n".utf8)
        while true {
            if let head = bytes.range(of: end) {
                let fields = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
                let length = fields.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
                if bytes.count - head.upperBound >= length ?? 0 { return true }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return false }
            bytes += buffer[..<count]
        }
    }

    private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
