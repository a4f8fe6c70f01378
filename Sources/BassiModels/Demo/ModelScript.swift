import BassiEvents

/// What a scripted model answers, turn by turn: for demonstrations and tests. `--script FILE` reads one from YAML.
public struct ModelScript: Sendable, Equatable {
    /// The answers, in the order in which they are given.
    public var answers: [ScriptedAnswer]

    /// A script of these answers.
    public init(_ answers: [ScriptedAnswer]) { self.answers = answers }
}

/// One answer of a scripted model: a message, or how it fails.
public struct ScriptedAnswer: Sendable, Equatable {
    /// What the model thinks first, if anything.
    public var thinking: String?
    /// What it says, if anything.
    public var text: String?
    /// The tools that it calls, in this order.
    public var tools: [ScriptedCall]
    /// Why it stops; nil for `tool_use` when it calls tools, else `end_turn`.
    public var stopReason: StopReason?
    /// The tokens that it claims.
    public var usage: Usage
    /// The pause before each piece of text, in milliseconds.
    public var delayMilliseconds: Int
    /// The failure that comes instead of the answer, or in the middle of it.
    public var failure: ScriptedFailure?

    /// An answer.
    public init(
        text: String? = nil, thinking: String? = nil, tools: [ScriptedCall] = [], stopReason: StopReason? = nil,
        usage: Usage = Usage(inputTokens: 10, outputTokens: 5), delayMilliseconds: Int = 0,
        failure: ScriptedFailure? = nil
    ) {
        self.text = text
        self.thinking = thinking
        self.tools = tools
        self.stopReason = stopReason
        self.usage = usage
        self.delayMilliseconds = delayMilliseconds
        self.failure = failure
    }

    /// Why it stops.
    public var effectiveStopReason: StopReason { stopReason ?? (tools.isEmpty ? .endTurn : .toolUse) }
}

/// A tool call of a scripted answer.
public struct ScriptedCall: Sendable, Equatable {
    /// The call's id; nil to have one made.
    public var id: ToolID?
    /// The tool.
    public var name: String
    /// Its input.
    public var input: JSONValue

    /// A call.
    public init(_ name: String, _ input: JSONValue, id: ToolID? = nil) {
        self.name = name
        self.input = input
        self.id = id
    }
}

/// How a scripted answer fails.
public enum ScriptedFailure: Sendable, Equatable {
    /// An HTTP error in place of the answer. The wait is in seconds, as a date, or in milliseconds as `1500ms`.
    case status(Int, type: String, message: String, retryAfter: String? = nil)
    /// An error inside the stream, after this many pieces of text.
    case errorEvent(type: String, message: String, afterPieces: Int)
    /// The stream ends after this many pieces of text, without its end.
    case cut(afterPieces: Int)
    /// The connection is reset after this many pieces of text.
    case reset(afterPieces: Int)
    /// Nothing comes after this many pieces of text, until the client leaves.
    case stall(afterPieces: Int)
}

extension ModelScript {
    /// A text in the pieces in which scripted models send it: words with the blank before them.
    public static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            if character.isWhitespace, !piece.isEmpty, piece.last?.isWhitespace == false {
                pieces.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}
