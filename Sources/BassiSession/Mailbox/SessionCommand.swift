import BassiEvents
import BassiStore

/// What a client of another process wants of a session, as the command table keeps it.
enum SessionCommand: Sendable, Equatable {
    case prompt(Prompt)
    /// - Parameter head: Where the log ended for the client: what begins after a new owner has come is not meant.
    case cancel(reason: String, head: SequenceNumber)
    case answer(RequestID, PermissionAnswer)
    case answerQuestion(RequestID, QuestionAnswer)
    case resume
    case switchModel(String)

    /// The bytes, without secrets: they lie on the disk until the owner has taken the command.
    func encoded(_ redactor: Redactor) -> [UInt8] {
        var json = JSONWriter()
        CommandRecord(redacted(redactor)).write(to: &json)
        return json.bytes
    }

    /// nil for what another version of Bassi has written and this one does not know.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), let record = CommandRecord(json: json),
            let command = record.command
        else { return nil }
        self = command
    }

    private func redacted(_ redactor: Redactor) -> SessionCommand {
        switch self {
        case .prompt(var prompt):
            let event = PromptReceived(
                content: prompt.content, source: PromptSource(client: ""), planMode: false, delivery: .queued)
            if case .promptReceived(let redacted) = redactor.redact(.promptReceived(event)) {
                prompt.content = redacted.content
            }
            return .prompt(prompt)
        case .answer(let request, var answer):
            let event = PermissionResolved(
                requestID: request, decision: answer.decision, scope: answer.scope, rule: answer.rule,
                by: Actor(kind: .user), modifiedInput: answer.input, reason: answer.reason)
            if case .permissionResolved(let redacted) = redactor.redact(.permissionResolved(event)) {
                (answer.rule, answer.input, answer.reason) = (redacted.rule, redacted.modifiedInput, redacted.reason)
            }
            return .answer(request, answer)
        case .answerQuestion(let request, var answer):
            let event = QuestionAnswered(requestID: request, answers: .object(answer.answers))
            if case .questionAnswered(let redacted) = redactor.redact(.questionAnswered(event)) {
                answer.answers = redacted.answers.object ?? answer.answers
            }
            return .answerQuestion(request, answer)
        case .cancel(let reason, let head): return .cancel(reason: redactor.redact(reason), head: head)
        case .resume, .switchModel: return self
        }
    }
}

/// The form of a command: one object with the members that its `op` needs.
private struct CommandRecord: JSONRecord {
    private enum Operation: String, JSONWord {
        case prompt, cancel, answer, resume
        case answerQuestion = "answer_question"
        case switchModel = "switch_model"
    }

    private var operation: Operation
    private var content: [ContentBlock] = []
    private var whenBusy: String?
    private var idempotencyKey: String?
    private var reason: String?
    private var head: Int?
    private var requestID: RequestID?
    private var decision: PermissionVerdict?
    private var scope: PermissionScope?
    private var rule: String?
    private var input: JSONValue?
    private var stopsRun: Bool?
    private var client: String?
    private var model: String?
    private var answers: JSONValue?

    init(_ command: SessionCommand) {
        switch command {
        case .prompt(let prompt):
            operation = .prompt
            (content, whenBusy, idempotencyKey) = (prompt.content, prompt.whenBusy.rawValue, prompt.idempotencyKey)
        case .cancel(let reason, let head):
            operation = .cancel
            (self.reason, self.head) = (reason, Int(clamping: head.rawValue))
        case .answer(let request, let answer):
            operation = .answer
            requestID = request
            (decision, scope, rule, input) = (answer.decision, answer.scope, answer.rule, answer.input)
            (reason, stopsRun, client) = (answer.reason, answer.stopsRun, answer.client)
        case .answerQuestion(let request, let answer):
            operation = .answerQuestion
            (requestID, answers, client) = (request, .object(answer.answers), answer.client)
        case .resume: operation = .resume
        case .switchModel(let name):
            operation = .switchModel
            model = name
        }
    }

    var command: SessionCommand? {
        switch operation {
        case .prompt:
            guard let busy = whenBusy.flatMap(Prompt.WhenBusy.init) else { return nil }
            return .prompt(Prompt(content, whenBusy: busy, idempotencyKey: idempotencyKey))
        case .cancel:
            guard let reason, let head else { return nil }
            return .cancel(reason: reason, head: SequenceNumber(Int64(head)))
        case .answer:
            guard let requestID, let decision, let scope else { return nil }
            return .answer(
                requestID,
                PermissionAnswer(
                    decision, scope: scope, rule: rule, input: input, reason: reason, stopsRun: stopsRun ?? false,
                    client: client))
        case .answerQuestion:
            guard let requestID, let answers = answers?.object else { return nil }
            return .answerQuestion(requestID, QuestionAnswer(answers, client: client))
        case .resume: return .resume
        case .switchModel: return model.map { .switchModel($0) }
        }
    }

    func write(to fields: inout FieldWriter) {
        fields("op", operation)
        if !content.isEmpty { fields("content", content) }
        fields("when_busy", whenBusy)
        fields("idempotency_key", idempotencyKey)
        fields("reason", reason)
        fields("head", head)
        fields("request_id", requestID)
        fields("decision", decision)
        fields("scope", scope)
        fields("rule", rule)
        fields("input", input)
        fields("stops_run", stopsRun)
        fields("client", client)
        fields("model", model)
        fields("answers", answers)
    }

    init(from fields: FieldReader) throws {
        operation = try fields("op")
        content = try fields.array("content")
        whenBusy = try fields.optional("when_busy")
        idempotencyKey = try fields.optional("idempotency_key")
        reason = try fields.optional("reason")
        head = try fields.optional("head")
        requestID = try fields.optional("request_id")
        decision = try fields.optional("decision")
        scope = try fields.optional("scope")
        rule = try fields.optional("rule")
        input = try fields.optional("input")
        stopsRun = try fields.optional("stops_run")
        client = try fields.optional("client")
        model = try fields.optional("model")
        answers = try fields.optional("answers")
    }
}
