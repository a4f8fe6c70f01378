/// What the server sends for one request: a value, so that it can be looked at without a socket.
struct ServerReply: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        /// These bytes, as one chunk.
        case bytes([UInt8])
        case pause(milliseconds: Int)
    }

    enum Ending: Sendable, Equatable {
        /// The body ends as HTTP says, whether or not the answer is whole.
        case clean
        /// The connection is reset.
        case reset
        /// Nothing more comes until the client leaves.
        case stall
    }

    var status = 200
    var headers: [HeaderField]
    var steps: [Step]
    var ending = Ending.clean

    /// A body of JSON with its length.
    static func json(status: Int = 200, _ body: [UInt8], headers: [HeaderField] = []) -> ServerReply {
        let own = [HeaderField("content-type", "application/json"), HeaderField("content-length", String(body.count))]
        return ServerReply(status: status, headers: own + headers, steps: [.bytes(body)])
    }

    /// All bytes of the body.
    var bytes: [UInt8] {
        steps.flatMap { step -> [UInt8] in if case .bytes(let bytes) = step { bytes } else { [] } }
    }

    /// The same reply with its bytes cut in another way.
    func cut(by chunking: ScriptedServerOptions.Chunking) -> ServerReply {
        let length: Int
        switch chunking {
        case .perEvent: return self
        case .whole: length = .max
        case .everyBytes(let count): length = max(1, count)
        }
        var reply = self
        reply.steps = []
        var rest: [UInt8] = []
        for step in steps {
            switch step {
            case .bytes(let bytes): rest += bytes
            case .pause:
                reply.appendChunks(of: &rest, length: length)
                reply.steps.append(step)
            }
        }
        reply.appendChunks(of: &rest, length: length)
        return reply
    }

    private mutating func appendChunks(of bytes: inout [UInt8], length: Int) {
        var start = 0
        while start < bytes.count {
            let end = start + min(length, bytes.count - start)
            steps.append(.bytes(Array(bytes[start..<end])))
            start = end
        }
        bytes = []
    }
}
