import BassiEvents
import BassiModels

/// The services without their socket: which answer a request gets.
struct ScriptedService: Sendable {
    let script: ModelScript
    let options: ScriptedServerOptions
    /// The requests so far, valid or not.
    private(set) var requests: [RecordedRequest] = []
    private var answersGiven = 0
    private var toolIDsMade = 0
    private var lastWasPaused = false

    init(_ script: ModelScript, _ options: ScriptedServerOptions = ScriptedServerOptions()) {
        self.script = script
        self.options = options
    }

    /// Records a request, checks it, and answers it: the n-th valid one with the n-th answer, whichever its wire.
    mutating func reply(to request: RecordedRequest) -> ServerReply {
        let wire = Wire(request)
        let number = Self.padded(requests.count + 1)
        let headers = [HeaderField(wire == .anthropic ? "request-id" : "x-request-id", "req_\(number)")]
        var recorded = request
        let reply: ServerReply
        do throws(RequestRefusal) {
            if let beside = try SideAnswers(options: options).answer(request, headers: headers) {
                reply = beside
            } else {
                try check(request, wire)
                reply = play(try nextAnswer(), wire, request.body, headers)
            }
        } catch {
            recorded.refusal = error
            reply = wire.refuse(error, headers: headers)
        }
        requests.append(recorded)
        return reply.cut(by: options.chunking)
    }

    private func check(_ request: RecordedRequest, _ wire: Wire) throws(RequestRefusal) {
        let isTooLarge = request.bodyBytes.count > options.bodyBytesMax
        switch wire {
        case .anthropic:
            try AnthropicHeaderCheck(options: options).check(request)
            if isTooLarge {
                throw RequestRefusal(status: 413, type: "request_too_large", "Request exceeds the maximum size")
            }
            var check = AnthropicRequestCheck(version: request.header("anthropic-version") ?? "")
            check.allowsBetaFields = request.header("anthropic-beta") != nil
            check.models = options.models
            check.continuesPausedTurn = lastWasPaused
            try check.check(request.body)
        case .chat:
            try ChatHeaderCheck(options: options).check(request)
            if isTooLarge { throw RequestRefusal(status: 413, "The request is too large.") }
            try ChatRequestCheck(models: options.models, dialect: options.chat).check(request.body)
        case .responses:
            try ChatHeaderCheck(options: options, route: "/v1/responses").check(request)
            if isTooLarge { throw RequestRefusal(status: 413, "The request is too large.") }
            try ResponsesRequestCheck(models: options.models).check(request.body)
        }
    }

    private mutating func nextAnswer() throws(RequestRefusal) -> ScriptedAnswer {
        guard answersGiven < script.answers.count else { throw .scriptEnded }
        answersGiven += 1
        return script.answers[answersGiven - 1]
    }

    private mutating func play(
        _ answer: ScriptedAnswer, _ wire: Wire, _ body: JSONValue, _ headers: [HeaderField]
    ) -> ServerReply {
        lastWasPaused = answer.effectiveStopReason == .pauseTurn
        if case .status(let status, let type, let message, let retryAfter) = answer.failure {
            let headers = headers + (retryAfter.map { [Self.wait($0)] } ?? [])
            return wire.refuse(RequestRefusal(status: status, type: type, message, code: type), headers: headers)
        }
        let number = Self.padded(answersGiven)
        let ids = toolIDs(of: answer, prefix: wire == .anthropic ? "toolu_" : "call_")
        switch wire {
        case .anthropic:
            let writer = AnthropicAnswer(answer: answer, id: "msg_\(number)", toolIDs: ids, request: body)
            return writer.reply(headers: headers)
        case .chat:
            let id = "chatcmpl-\(number)"
            let writer = ChatAnswer(answer: answer, dialect: options.chat, id: id, toolIDs: ids, request: body)
            return writer.reply(headers: headers)
        case .responses:
            let writer = ResponsesAnswer(answer: answer, number: number, toolIDs: ids, request: body)
            return writer.reply(headers: headers)
        }
    }

    /// `1500ms` goes into the field for milliseconds, which both companies' services have.
    private static func wait(_ text: String) -> HeaderField {
        text.hasSuffix("ms")
            ? HeaderField("retry-after-ms", String(text.dropLast(2))) : HeaderField("retry-after", text)
    }

    private mutating func toolIDs(of answer: ScriptedAnswer, prefix: String) -> [String] {
        answer.tools.map { call in
            if let id = call.id { return id.rawValue }
            toolIDsMade += 1
            return prefix + Self.padded(toolIDsMade)
        }
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// The three services.
private enum Wire {
    case anthropic, chat, responses

    /// The wire of a request. One to another path is answered in the shape of the client's own service.
    init(_ request: RecordedRequest) {
        switch request.route {
        case "/v1/messages", "/v1/messages/count_tokens": self = .anthropic
        case "/v1/chat/completions": self = .chat
        case "/v1/responses": self = .responses
        default: self = request.header("anthropic-version") != nil ? .anthropic : .chat
        }
    }

    func refuse(_ refusal: RequestRefusal, headers: [HeaderField]) -> ServerReply {
        switch self {
        case .anthropic:
            AnthropicAnswer.errorReply(
                status: refusal.status, type: refusal.type, message: refusal.message, headers: headers)
        case .chat, .responses:
            ChatAnswer.errorReply(
                status: refusal.status, type: refusal.type, message: refusal.message, param: refusal.param,
                code: refusal.code, headers: headers)
        }
    }
}
