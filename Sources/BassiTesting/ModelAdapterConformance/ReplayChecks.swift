#if Network
    import BassiEvents
    import BassiModels

    extension ModelAdapterConformance {
        static let replayChecks: [Check] = [
            Check("the same model gets its thinking back byte for byte") { subject in
                let body = try await secondBody(subject, to: subject.model)
                guard let own = ownThinking(subject) else { return }
                try require(body.contains(own), subject, "the second request has no \(own): \(body)")
            },
            Check("another model gets none of it, and the conversation is accepted") { subject in
                let body = try await secondBody(subject, to: subject.otherModel)
                for mark in [thought, ThinkingSignature.of(thought), "gAAAAA-", "rs_0001"] {
                    try require(!body.contains(mark), subject, "the second request has '\(mark)': \(body)")
                }
            },
            Check("a conversation that another provider began is accepted, without what only that one reads") {
                subject in
                try await withServer(subject, [ScriptedAnswer(text: "Done.")]) { server, adapter in
                    let heard = await HeardAnswer.of(adapter, request(subject, foreign))
                    try requireAccepted(server, subject)
                    try require(heard.text == "Done.", subject, "it ended with \(String(describing: heard.error))")
                    let body = server.requests.map { String(decoding: $0.bodyBytes, as: UTF8.self) }.joined()
                    for mark in ["foreign-thought", "foreign-data"] {
                        try require(!body.contains(mark), subject, "it sent '\(mark)': \(body)")
                    }
                    for mark in ["It said so.", "result-one", "result-two", "thanks"] {
                        try require(body.contains(mark), subject, "it did not send '\(mark)': \(body)")
                    }
                }
            },
            Check("an input that was no JSON can be sent back") { subject in
                let broken = ScriptedAnswer(tools: [ScriptedCall("read", #"{"path": "a"#)])
                _ = try await secondBody(subject, broken, to: subject.model)
            },
            Check("what a person says while tools run does not come between them and their results") { subject in
                let calls = [ScriptedCall("list", [:]), ScriptedCall("list", [:])]
                _ = try await secondBody(subject, ScriptedAnswer(tools: calls), saying: "hurry", to: subject.model)
            },
        ]

        private static let thought = "First I look, then I write."

        /// What the second request has of the thinking; nil when the wire keeps it to itself.
        private static func ownThinking(_ subject: Subject) -> String? {
            let text = JSONValue.string(thought).text
            switch subject.wire {
            case .anthropic:
                return #"{"type":"thinking","thinking":\#(text),"signature":"\#(ThinkingSignature.of(thought))"}"#
            case .responses:
                let seal = ReasoningSeal.seal(thought, of: "rs_0001")
                return #"{"id":"rs_0001","type":"reasoning","summary":[{"type":"summary_text","text":\#(text)}],"#
                    + #""encrypted_content":"\#(seal)"}"#
            case .chatCompletions: return subject.chat.reasoningField.map { "\"\($0)\":\(text)" }
            }
        }

        /// Runs one turn, sends its results, and gives the body of that second request.
        private static func secondBody(
            _ subject: Subject,
            _ first: ScriptedAnswer = ScriptedAnswer(
                text: "I look.", thinking: thought, tools: [ScriptedCall("read", ["path": "a"])]),
            saying: String? = nil, to model: String
        ) async throws -> String {
            try await withServer(subject, [first, ScriptedAnswer(text: "Done.")]) { server, adapter in
                let heard = await HeardAnswer.of(adapter, request(subject))
                if let error = heard.error { throw ConformanceFailure("\(subject): it threw '\(error)'") }
                let results = heard.calls.map {
                    ToolResultMessage(toolID: $0.id, toolName: $0.name, content: [.text("ok")], isError: false)
                }
                let said: [ModelMessage] = saying.map { [.user([.text($0)])] } ?? []
                let messages = question + [.assistant(heard.blocks)] + said + results.map { .toolResults([$0]) }
                let second = try subject.makeAdapter(server, key, model)
                let answer = await HeardAnswer.of(second, request(subject, messages, model: model))
                try requireAccepted(server, subject)
                try require(answer.text == "Done.", subject, "it ended with \(String(describing: answer.error))")
                return String(decoding: server.requests.last?.bodyBytes ?? [], as: UTF8.self)
            }
        }

        /// A conversation as other providers leave it: thinking, opaque blocks and ids of every kind.
        private static let foreign: [ModelMessage] = {
            let marks: [JSONValue] = [
                ["signature": "foreign-data"], ["field": "reasoning_content"],
                ["reasoning_details": [["foreign-data": 1]]],
                ["item": ["type": "reasoning", "id": "rs_9", "summary": [], "encrypted_content": "foreign-data"]],
            ]
            func data(_ json: JSONValue) -> ProviderData { ProviderData(provider: "elsewhere", model: "m", data: json) }
            let thoughts = marks.map { ModelBlock(.thinking("foreign-thought"), providerData: data($0)) }
            let ids: [ToolID] = ["functions.read:0", ToolID(String(repeating: "toolu_", count: 20))]
            let calls = ids.map {
                ModelBlock(
                    .toolUse($0, name: "read", input: ["n": 1]),
                    providerData: data(["call": ["id": "foreign-data"], "extra_content": "foreign-data"]))
            }
            let text = ModelBlock(.text("It said so."), providerData: data(["message": ["id": "foreign-data"]]))
            let opaque = ModelBlock(.opaque, providerData: data(["type": "foreign-data", "item": "foreign-data"]))
            return question + [
                .assistant(thoughts + [text, opaque] + calls),
                .toolResults([
                    ToolResultMessage(
                        toolID: ids[0], toolName: "read", content: [.text("result-one")], isError: false),
                    ToolResultMessage(toolID: ids[1], toolName: "read", content: [.text("result-two")], isError: true),
                ]), .user([.text("thanks")]),
            ]
        }()
    }
#endif
