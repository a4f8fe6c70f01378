import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import BassiTools

/// Given these events, when that is said, then exactly these events.
///
///     try await SessionSpecification(answers: [ScriptedAnswer(text: "4")])
///         .when("What is 2+2?")
///         .then("""
///             prompt_received
///             run_started
///             …
///             """)
public struct SessionSpecification: Sendable {
    /// The agent; its model is the script.
    public var configuration: AgentConfiguration
    /// What the script was sent.
    public let model: ScriptedModel
    private var history: [EventDraft] = []
    private var prompts: [String] = []
    private var resumes = false
    private let session = SessionID()

    /// A session whose model gives these answers.
    public init(answers: [ScriptedAnswer], tools: [any Tool] = [], folder: String = "/") {
        model = ScriptedModel(answers)
        configuration = AgentConfiguration(model: "demo", tools: tools, folder: folder, environment: [:])
        configuration.providers = model.registry()
    }

    /// The same with the agent changed.
    public func with(_ change: (inout AgentConfiguration) -> Void) -> Self {
        var copy = self
        change(&copy.configuration)
        return copy
    }

    /// The same after these events.
    public func given(_ events: [EventDraft]) -> Self {
        var copy = self
        copy.history += events
        return copy
    }

    /// The same when this is said; several times: one after the other's end.
    public func when(_ prompt: String) -> Self {
        var copy = self
        copy.prompts.append(prompt)
        return copy
    }

    /// The same when an interrupted run is resumed.
    public func whenResumed() -> Self {
        var copy = self
        copy.resumes = true
        return copy
    }

    /// Runs, and gives the events that came after those given, without `session_started`.
    public func events() async throws -> [Event] {
        let store = MemoryEventStore()
        let session: AgentSession
        if history.isEmpty {
            session = try await AgentSession.start(configuration, store: store, id: self.session)
        } else {
            _ = try await store.append(history, to: self.session, expecting: .noStream)
            session = try await AgentSession.open(self.session, configuration, store: store)
        }
        if resumes { for try await _ in session.goOn() {} }
        for prompt in prompts { for try await _ in session.send(prompt) {} }
        try await session.close()
        let first = SequenceNumber(Int64(max(1, history.count)))
        var events: [Event] = []
        while true {
            let page = try await store.read(session.id, after: events.last?.seq ?? first)
            if page.isEmpty { return events }
            events += page
        }
    }

    /// Runs, and compares the whole list; see ``EventList``.
    ///
    /// - Throws: ``ConformanceFailure`` that shows the first difference and the list as it is.
    @discardableResult
    public func then(_ expected: String) async throws -> [Event] {
        let events = try await events()
        let wanted = expected.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }.map(
            String.init)
        let lines = EventList.lines(of: events)
        try LogRules.check(events, from: history, in: session)
        guard lines != wanted else { return events }
        let at = zip(lines, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, wanted.count)
        let (found, missing) = (at < lines.count ? lines[at] : "the end", at < wanted.count ? wanted[at] : "the end")
        throw ConformanceFailure(
            "event \(at + 1) is '\(found)', but '\(missing)' was expected. If that is right, the list is:\n"
                + lines.joined(separator: "\n"))
    }
}

extension LogRules {
    /// The rules of the whole log, given events included.
    fileprivate static func check(_ events: [Event], from history: [EventDraft], in session: SessionID) throws {
        guard let first = events.first else { return }
        // `session_started` of a new session is not among the events.
        let count = max(history.count, Int(first.seq.rawValue) - 1)
        let start = EventDraft(.sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "0"))))
        let given = (history.isEmpty ? [start] : history).prefix(count).enumerated().map {
            Event($1, sessionID: session, seq: SequenceNumber(Int64($0 + 1)))
        }
        do { _ = try LogRules.check(given + events) } catch {
            throw ConformanceFailure("the log breaks a rule: \(error)")
        }
    }
}
