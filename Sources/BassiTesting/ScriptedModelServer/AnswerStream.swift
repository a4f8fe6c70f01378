import BassiModels

/// The events of a streamed answer, in three parts so that a failure can be put between them.
struct AnswerStream: Sendable {
    struct Event: Sendable, Equatable {
        enum Kind: Sendable { case textPiece, toolFragment, frame }
        let bytes: [UInt8]
        var kind = Kind.frame
    }

    /// What comes before any block.
    var head: [Event] = []
    /// The blocks.
    var body: [Event] = []
    /// What makes the answer whole.
    var tail: [Event] = []

    /// The answer as steps, with its pauses and its failure.
    ///
    /// A failure after no piece comes before the first block. One after more pieces than the text has comes among the
    /// fragments of the tools' inputs, and after those before the end.
    func reply(
        to answer: ScriptedAnswer, headers: [HeaderField],
        errorEvent: (_ type: String, _ message: String, _ eventsSent: Int) -> [UInt8]
    ) -> ServerReply {
        let own = [
            HeaderField("content-type", "text/event-stream; charset=utf-8"), HeaderField("cache-control", "no-cache"),
        ]
        var reply = ServerReply(headers: own + headers, steps: [])
        var events = head + body + tail
        if let after = answer.failure?.afterPieces { events = head + body.prefix(pieces: after) }
        for event in events {
            if event.kind == .textPiece, answer.delayMilliseconds > 0 {
                reply.steps.append(.pause(milliseconds: answer.delayMilliseconds))
            }
            reply.steps.append(.bytes(event.bytes))
        }
        switch answer.failure {
        case .errorEvent(let type, let message, _): reply.steps.append(.bytes(errorEvent(type, message, events.count)))
        case .reset: reply.ending = .reset
        case .stall: reply.ending = .stall
        case .cut, .status, nil: break
        }
        return reply
    }

    /// An answer that is not streamed. One that breaks off has half of its bytes and no length.
    static func wholeReply(
        _ body: [UInt8], to answer: ScriptedAnswer, headers: [HeaderField],
        error: (_ type: String, _ message: String) -> ServerReply
    ) -> ServerReply {
        var reply = ServerReply.json(body, headers: headers)
        switch answer.failure {
        case .errorEvent(let type, let message, _): reply = error(type, message)
        case .cut: reply = half(reply, ending: .clean)
        case .reset: reply = half(reply, ending: .reset)
        case .stall: reply = half(reply, ending: .stall)
        case .status, nil: break
        }
        let pieces = ModelScript.pieces(of: answer.text ?? "").count
        if answer.delayMilliseconds > 0, pieces > 0 {
            reply.steps.insert(.pause(milliseconds: answer.delayMilliseconds * pieces), at: 0)
        }
        return reply
    }

    private static func half(_ reply: ServerReply, ending: ServerReply.Ending) -> ServerReply {
        var reply = reply
        let bytes = reply.bytes
        reply.steps = [.bytes(Array(bytes.prefix(bytes.count / 2)))]
        reply.headers.removeAll { $0.name == "content-length" }
        reply.ending = ending
        return reply
    }
}

extension [AnswerStream.Event] {
    /// The events up to and with the piece of this number; none for 0, all when there are fewer pieces.
    fileprivate func prefix(pieces count: Int) -> ArraySlice<AnswerStream.Event> {
        guard count > 0 else { return [] }
        var seen = 0
        for (index, event) in enumerated() where event.kind != .frame {
            seen += 1
            if seen == count { return self[...index] }
        }
        return self[...]
    }
}

extension ScriptedFailure {
    /// After how many pieces it comes; nil when it comes instead of the answer.
    fileprivate var afterPieces: Int? {
        switch self {
        case .status: nil
        case .errorEvent(_, _, let pieces), .cut(let pieces), .reset(let pieces), .stall(let pieces): pieces
        }
    }
}

extension ScriptedCall {
    /// The JSON of the input as a model would write it. An input that is a string is sent as it stands: a script can
    /// play a model that writes broken JSON.
    var argumentText: String { input.string ?? input.text }

    /// The text in pieces of a few characters, cut without regard to its meaning.
    var argumentFragments: [String] {
        var fragments: [String] = []
        var rest = Substring(argumentText)
        while !rest.isEmpty {
            fragments.append(String(rest.prefix(9)))
            rest = rest.dropFirst(9)
        }
        return fragments
    }
}
