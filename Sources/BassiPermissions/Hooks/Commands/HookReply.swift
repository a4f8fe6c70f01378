import BassiEvents
import BassiProcess

/// What a command said as a hook, by its exit status or as JSON on standard output.
///
/// The wire format is the one people's hooks have: exit status 0 goes on, 2 blocks with standard error as the reason;
/// `permissionDecision`, `permissionDecisionReason`, `updatedInput` and `additionalContext` stand in
/// `hookSpecificOutput` or at the top; `decision: "block"` and `"approve"` are the older form.
public struct HookReply: Sendable, Equatable {
    /// What it decided.
    public enum Verdict: Sendable, Equatable {
        /// It counts as an allow rule.
        case allow
        /// A person must decide.
        case ask
        /// It may not be.
        case block
    }

    /// What it decided; nil for nothing.
    public var verdict: Verdict?
    /// Why.
    public var reason: String?
    /// The input that it wants instead.
    public var updatedInput: JSONValue?
    /// What the model gets to read.
    public var additionalContext: String?
    /// What the person gets to read.
    public var systemMessage: String?
    /// The run must end, and why.
    public var stopReason: String?
    /// Why the hook is of no use: it crashed, took too long, or said what cannot be read.
    public var problem: String?

    /// Nothing said.
    public init() {}

    /// Nothing said, for this reason.
    static func broken(_ problem: String) -> HookReply {
        var reply = HookReply()
        reply.problem = problem
        return reply
    }

    /// Bytes of output that are read.
    static let outputBytesMax = 1 << 20

    /// What a command that has ended said.
    init(_ output: CollectedOutput, _ ending: ProcessEnding, of event: HookEvent, timeout: Duration) {
        self.init()
        let errors = Self.text(output.standardError)
        switch ending {
        case .exited(0): readOutput(output, event)
        case .exited(2): (verdict, reason) = (.block, errors.isEmpty ? "a hook blocked it without a reason" : errors)
        case .exited(let code): problem = "it ended with status \(code)\(errors.isEmpty ? "" : ": \(errors)")"
        case .signalled(let number): problem = "it was ended by signal \(number)"
        case .tooManyProcesses: problem = "it started too many processes and was ended"
        case .timedOut: problem = "it took more than \(timeout.components.seconds) s"
        case .cancelled: problem = "it was called off"
        }
    }

    private mutating func readOutput(_ output: CollectedOutput, _ event: HookEvent) {
        let text = Self.text(output.standardOutput)
        guard text.hasPrefix("{") else {
            if event.takesTextAsContext, !text.isEmpty { additionalContext = text }
            return
        }
        guard let json = try? JSONParser.parse(Array(text.utf8)), let object = json.object else {
            return problem = "what it printed begins like JSON and is none"
        }
        // Which of the two counts is a matter of the reader: what its author meant cannot be told.
        if let key = json.repeatedKey { return problem = "what it printed has the member '\(key)' twice" }
        read(object)
    }

    private mutating func read(_ object: JSONObject) {
        let specific = object["hookSpecificOutput"]?.object
        func member(_ name: String) -> JSONValue? { specific?[name] ?? object[name] }
        additionalContext = member("additionalContext")?.string
        systemMessage = object["systemMessage"]?.string
        updatedInput = Self.input(member("updatedInput"))
        reason = member("permissionDecisionReason")?.string ?? object["reason"]?.string
        if object["continue"]?.bool == false {
            stopReason = object["stopReason"]?.string ?? "a hook ended the run"
        }
        // A question to the person is answered in a form of its own.
        let answer = member("decision")?.object
        if let answer {
            updatedInput = Self.input(answer["updatedInput"]) ?? updatedInput
            reason = answer["message"]?.string ?? reason
            if answer["interrupt"]?.bool == true { stopReason = stopReason ?? reason ?? "a hook ended the run" }
        }
        let said = member("permissionDecision") ?? answer?["behavior"] ?? member("decision")
        guard said == nil || said == .null || said?.string != nil else {
            return problem = "its decision is no text"
        }
        switch said?.string {
        case "allow", "approve": verdict = .allow
        case "ask": verdict = .ask
        case "deny", "block": verdict = .block
        case nil: break
        case let word?: problem = "it decided '\(word)', which is none of allow, ask and deny"
        }
    }

    /// An input is an object: anything else says nothing.
    private static func input(_ json: JSONValue?) -> JSONValue? {
        guard let json, json.object != nil else { return nil }
        return json
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self)[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
