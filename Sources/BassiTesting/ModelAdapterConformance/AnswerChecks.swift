#if Network
    import BassiEvents
    import BassiModels

    extension ModelAdapterConformance {
        static let answerChecks: [Check] = [
            Check("a plain text comes whole and in order") { subject in
                try await requireAnswer(subject, ScriptedAnswer(text: "One two ü🦊\nthree."))
            },
            Check("thinking comes before the text, with its parts apart") { subject in
                let answer = ScriptedAnswer(text: "Done.", thinking: "First I look.\n\nThen I write.")
                try await requireAnswer(subject, answer)
            },
            Check("one tool is called with its input") { subject in
                try await requireAnswer(
                    subject,
                    ScriptedAnswer(text: "I look.", tools: [ScriptedCall("read", ["path": "é.txt", "n": [1, true]])]))
            },
            Check("parallel tools stay apart, and in their order") { subject in
                let calls = (1...3).map { ScriptedCall("read", ["n": .number(JSONNumber($0))]) }
                try await requireAnswer(subject, ScriptedAnswer(tools: calls + [ScriptedCall("list", [:])]))
            },
            Check("a tool without input is called with an empty object") { subject in
                try await requireAnswer(subject, ScriptedAnswer(tools: [ScriptedCall("list", [:])]))
            },
            Check("an input that is no JSON is the text that came") { subject in
                let answer = ScriptedAnswer(tools: [ScriptedCall("read", #"{"path": "a"#)])
                try await requireAnswer(subject, answer)
            },
            Check("usage is counted without overlap") { subject in
                let usage = Usage(
                    inputTokens: 11, outputTokens: 22, cacheReadTokens: 33, cacheWriteTokens: 44, reasoningTokens: 5)
                let heard = try await heard(subject, ScriptedAnswer(text: "Hi.", usage: usage))
                try require(heard.ending?.usage == usage, subject, "the usage is \(String(describing: heard.ending))")
            },
            Check("every stop reason is said") { subject in
                for reason in [
                    StopReason.endTurn, .toolUse, .maxTokens, .stopSequence, .refusal, .pauseTurn, .contextExceeded,
                ] {
                    let tools = reason == .toolUse ? [ScriptedCall("list", [:])] : []
                    try await requireAnswer(subject, ScriptedAnswer(text: "Hi.", tools: tools, stopReason: reason))
                }
            },
            Check("a refusal keeps its words, and may have none") { subject in
                try await requireAnswer(subject, ScriptedAnswer(text: "I will not.", stopReason: .refusal))
                let silent = try await heard(subject, ScriptedAnswer(stopReason: .refusal))
                try require(silent.ending?.reason == .refusal, subject, "a refusal ended as \(silent.parts)")
            },
            Check("an answer is the same however its bytes are cut") { subject in
                let answer = ScriptedAnswer(
                    text: "ü🦊 two\u{2028}three", thinking: "é hm", tools: [ScriptedCall("read", ["a": "ß"], id: "t1")])
                let shape = try await heard(subject, answer).shape
                for chunking in [ScriptedServerOptions.Chunking.whole, .everyBytes(7), .everyBytes(1)] {
                    let other = try await heard(subject, answer, chunking: chunking)
                    try require(
                        withoutIDs(other.shape) == withoutIDs(shape), subject, "cut as \(chunking) it is \(other.shape)"
                    )
                }
            },
        ]

        /// Ids that an adapter makes up differ from answer to answer.
        private static func withoutIDs(_ parts: [ModelPart]) -> [String] {
            parts.map { part in
                switch part {
                case .blockStarted(let index, .toolUse(_, let name)): "started \(index) \(name)"
                case .blockEnded(let index, let block):
                    if case .toolUse(_, let name, let input) = block.content {
                        "ended \(index) \(name) \(input.text)"
                    } else {
                        "\(part)"
                    }
                default: "\(part)"
                }
            }
        }

        /// The parts say what the script says.
        private static func requireAnswer(_ subject: Subject, _ answer: ScriptedAnswer) async throws {
            let heard = try await heard(subject, answer)
            if let error = heard.error { throw ConformanceFailure("\(subject): it threw '\(error)'") }
            if let disorder = heard.disorder { throw ConformanceFailure("\(subject): \(disorder)") }
            try require(heard.text == answer.text ?? "", subject, "the text is '\(heard.text)'")
            let thinking = subject.showsThinking ? answer.thinking ?? "" : ""
            try require(heard.thinking == thinking, subject, "the thinking is '\(heard.thinking)'")
            let (calls, wanted) = (heard.calls, answer.tools)
            try require(
                calls.map(\.name) == wanted.map(\.name) && calls.map(\.input) == wanted.map(\.input), subject,
                "the calls are \(calls)")
            let ids = Set(calls.map(\.id.rawValue))
            try require(ids.count == calls.count && !ids.contains(""), subject, "the calls' ids are \(ids)")
            let reason = reason(answer.effectiveStopReason, over: subject.wire)
            try require(
                heard.ending?.reason == reason, subject,
                "it ended as \(String(describing: heard.ending)), not \(reason)")
        }

        /// What a wire says for a stop reason. OpenAI's wires have neither stop sequences that are named, nor pauses,
        /// and end a full window as they end a full answer.
        private static func reason(_ reason: StopReason, over wire: Wire) -> StopReason {
            if wire == .anthropic { return reason }
            return switch reason {
            case .stopSequence, .pauseTurn: .endTurn
            case .contextExceeded: .maxTokens
            default: reason
            }
        }
    }
#endif
