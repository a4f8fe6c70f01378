#if Network
    import BassiEvents
    import BassiModels

    /// What every model adapter must do, as checks that run it against a ``ScriptedModelServer``.
    ///
    ///     @Test(arguments: ModelAdapterConformance.checks)
    ///     func `my adapter keeps the contract`(check: ModelAdapterConformance.Check) async throws {
    ///         let subject = ModelAdapterConformance.Subject("mine", over: .anthropic, model: "m", otherModel: "n") {
    ///             MyAdapter(baseURL: $0.anthropicBaseURL, key: $1, model: $2)
    ///         }
    ///         try await check.run(subject)
    ///     }
    public enum ModelAdapterConformance {
        /// The wire that an adapter speaks.
        public enum Wire: Sendable {
            /// Anthropic's Messages.
            case anthropic
            /// OpenAI's Chat Completions.
            case chatCompletions
            /// OpenAI's Responses.
            case responses
        }

        /// An adapter under test, and what its wire can say.
        public struct Subject: Sendable, CustomStringConvertible {
            /// Makes the adapter for a server, with a key, to ask a model.
            public typealias Factory =
                @Sendable (_ server: ScriptedModelServer, _ key: String, _ model: String) throws -> any ModelAdapter

            /// What failures call it.
            public let name: String
            /// The wire that it speaks.
            public let wire: Wire
            /// The model that is asked.
            public let model: String
            /// Another model of the same provider.
            public let otherModel: String
            /// The habits of the server, on Chat Completions.
            public let chat: ChatDialect
            let makeAdapter: Factory

            /// An adapter under test.
            public init(
                _ name: String, over wire: Wire, model: String, otherModel: String, chat: ChatDialect = ChatDialect(),
                _ makeAdapter: @escaping Factory
            ) {
                self.name = name
                self.wire = wire
                self.model = model
                self.otherModel = otherModel
                self.chat = chat
                self.makeAdapter = makeAdapter
            }

            /// The name.
            public var description: String { name }

            /// Whether what the model thinks can be seen at all.
            var showsThinking: Bool { wire != .chatCompletions || chat.reasoningField != nil }
        }

        /// One rule that an adapter must keep.
        public struct Check: Sendable, CustomStringConvertible {
            /// The rule, as a sentence.
            public let name: String
            private let body: @Sendable (Subject) async throws -> Void

            init(_ name: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
                self.name = name
                self.body = body
            }

            /// The rule.
            public var description: String { name }

            /// Tries the rule.
            ///
            /// - Throws: ``ConformanceFailure`` when the rule is broken or the check is not done within `limit`.
            public func run(within limit: Duration = .seconds(120), _ subject: Subject) async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await body(subject) }
                    group.addTask {
                        try await ContinuousClock().sleep(for: limit)
                        throw ConformanceFailure("\(subject): \(name): not done within \(limit)")
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }

        /// All checks.
        public static let checks: [Check] = answerChecks + failureChecks + breakChecks + replayChecks

        /// The key that adapters are given; it may be in no error.
        static let key = "sk-conformance-0123456789abcdef"

        static let question: [ModelMessage] = [.user([.text("Go.")])]

        static let tools = ["read", "list"].map {
            ToolDescription(name: $0, description: "A tool.", inputSchema: ["type": "object", "properties": [:]])
        }

        /// Throws the sentence when the condition does not hold.
        static func require(_ condition: Bool, _ subject: Subject, _ sentence: @autoclosure () -> String) throws {
            if !condition { throw ConformanceFailure("\(subject): \(sentence())") }
        }

        /// Lends a server with a script, and the adapter that asks it.
        static func withServer<Value: Sendable>(
            _ subject: Subject, _ answers: [ScriptedAnswer], chunking: ScriptedServerOptions.Chunking = .perEvent,
            _ body: @Sendable (ScriptedModelServer, any ModelAdapter) async throws -> Value
        ) async throws -> Value {
            let options = ScriptedServerOptions(chunking: chunking, key: key, chat: subject.chat)
            return try await ScriptedModelServer.run(ModelScript(answers), options: options) { server in
                try await body(server, try subject.makeAdapter(server, key, subject.model))
            }
        }

        /// What an adapter gives for one answer.
        static func heard(
            _ subject: Subject, _ answer: ScriptedAnswer, chunking: ScriptedServerOptions.Chunking = .perEvent
        ) async throws -> HeardAnswer {
            try await withServer(subject, [answer], chunking: chunking) { server, adapter in
                let heard = await HeardAnswer.of(adapter, request(subject))
                try requireAccepted(server, subject)
                return heard
            }
        }

        static func request(
            _ subject: Subject, _ messages: [ModelMessage] = question, model: String? = nil
        ) -> ModelRequest {
            ModelRequest(model: model ?? subject.model, systemPrompt: "Be brief.", messages: messages, tools: tools)
        }

        /// The server is as strict as the service: what it refuses is wrong.
        static func requireAccepted(_ server: ScriptedModelServer, _ subject: Subject) throws {
            for refusal in server.requests.compactMap(\.refusal) {
                throw ConformanceFailure("\(subject): the server refused a request: \(refusal)")
            }
        }
    }
#endif
