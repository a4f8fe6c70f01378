import BassiEvents

/// What came of a command, as the command table keeps it: the same command again gets the same.
enum CommandReply: Sendable, Equatable {
    case receipt(PromptReceipt)
    case done
    case failed(SessionError)

    /// The longest sentence of an error that is kept, in characters.
    private static let sentenceMax = 2000

    var encoded: [UInt8] {
        var json = JSONWriter()
        record.write(to: &json)
        return json.bytes
    }

    /// nil for what another version of Bassi has written and this one does not know.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), let record = ReplyRecord(json: json), let reply = record.reply
        else { return nil }
        self = reply
    }

    /// Any error as a client of another process sees it.
    init(error: any Error) { self = .failed(error as? SessionError ?? .refused("\(error)")) }

    private var record: ReplyRecord {
        switch self {
        case .receipt(let receipt):
            ReplyRecord(.receipt, runID: receipt.runID, seq: Int(clamping: receipt.seq.rawValue))
        case .done: ReplyRecord(.done)
        case .failed(.busy): ReplyRecord(.busy)
        case .failed(.emptyPrompt): ReplyRecord(.emptyPrompt)
        case .failed(.alreadyAnswered(let request)): ReplyRecord(.alreadyAnswered, requestID: request)
        case .failed(.refused(let sentence)):
            ReplyRecord(.refused, sentence: String(sentence.prefix(Self.sentenceMax)))
        case .failed(let error): ReplyRecord(.refused, sentence: String("\(error)".prefix(Self.sentenceMax)))
        }
    }

    fileprivate init?(_ record: ReplyRecord) {
        switch record.kind {
        case .receipt:
            guard let runID = record.runID, let seq = record.seq else { return nil }
            self = .receipt(PromptReceipt(runID: runID, seq: SequenceNumber(Int64(seq))))
        case .done: self = .done
        case .busy: self = .failed(.busy)
        case .emptyPrompt: self = .failed(.emptyPrompt)
        case .alreadyAnswered:
            guard let request = record.requestID else { return nil }
            self = .failed(.alreadyAnswered(request))
        case .refused: self = .failed(.refused(record.sentence ?? ""))
        }
    }
}

private struct ReplyRecord: JSONRecord {
    enum Kind: String, JSONWord {
        case receipt, done, busy, refused
        case emptyPrompt = "empty_prompt"
        case alreadyAnswered = "already_answered"
    }

    let kind: Kind
    let runID: RunID?
    let seq: Int?
    let requestID: RequestID?
    let sentence: String?

    init(_ kind: Kind, runID: RunID? = nil, seq: Int? = nil, requestID: RequestID? = nil, sentence: String? = nil) {
        self.kind = kind
        self.runID = runID
        self.seq = seq
        self.requestID = requestID
        self.sentence = sentence
    }

    var reply: CommandReply? { CommandReply(self) }

    func write(to fields: inout FieldWriter) {
        fields("reply", kind)
        fields("run_id", runID)
        fields("seq", seq)
        fields("request_id", requestID)
        fields("sentence", sentence)
    }

    init(from fields: FieldReader) throws {
        kind = try fields("reply")
        runID = try fields.optional("run_id")
        seq = try fields.optional("seq")
        requestID = try fields.optional("request_id")
        sentence = try fields.optional("sentence")
    }
}
