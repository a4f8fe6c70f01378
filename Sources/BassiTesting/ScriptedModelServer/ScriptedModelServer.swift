#if Network
    import BassiModels
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import Synchronization

    /// A model provider on this machine that plays a script: for tests of adapters, agents and whole programs.
    ///
    /// It speaks Anthropic Messages, OpenAI's Chat Completions and OpenAI's Responses, and checks each request as
    /// strictly as the services do. The n-th valid request gets the n-th answer, whichever of the three it comes from.
    ///
    ///     try await ScriptedModelServer.run(ModelScript([ScriptedAnswer(text: "Hello.")])) { server in
    ///         let answer = try await ask(server.anthropicBaseURL, key: "any")
    ///         #expect(server.requests.allSatisfy { $0.refusal == nil })
    ///     }
    public final class ScriptedModelServer: Sendable {
        /// How answers are cut, who is let in, and which dialect is spoken.
        public typealias Options = ScriptedServerOptions

        /// How long a wait of this server lasts at most.
        public static let waitSecondsMax = 30

        /// The port on 127.0.0.1.
        public let port: Int
        let desk: ServerDesk

        private init(port: Int, desk: ServerDesk) {
            self.port = port
            self.desk = desk
        }

        /// The address for clients of Anthropic Messages, without `/v1`.
        public var anthropicBaseURL: String { "http://127.0.0.1:\(port)" }
        /// The address for clients of Chat Completions and of Responses, with `/v1`.
        public var openAIBaseURL: String { "http://127.0.0.1:\(port)/v1" }
        /// The requests so far, in the order in which they were whole, refused ones included.
        public var requests: [RecordedRequest] { desk.look { $0.service.requests } }
        /// Connections that the client closed in the middle of an answer.
        public var clientsLeft: Int { desk.look { $0.clientsLeft } }

        /// Starts on 127.0.0.1 and a free port, lends itself, and has ended when this returns, stalled answers too.
        ///
        /// - Throws: what `body` throws, or the error of the socket.
        public static func run<R: Sendable>(
            _ script: ModelScript, options: Options = .init(),
            _ body: @Sendable (ScriptedModelServer) async throws -> R
        ) async throws -> R {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 256)
                .bind(host: "127.0.0.1", port: 0) { channel in
                    channel.eventLoop.makeCompletedFuture { try ServerConnection.channel(wrapping: channel) }
                }
            let desk = ServerDesk(ScriptedService(script, options))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await serve(listener, desk) }
                defer {
                    desk.end()
                    group.cancelAll()
                }
                let port = listener.channel.localAddress?.port ?? 0
                return try await body(ScriptedModelServer(port: port, desk: desk))
            }
        }

        /// Returns once so many requests have come, refused ones included.
        ///
        /// - Throws: ``ScriptedServerTimeout`` after ``waitSecondsMax``, `CancellationError`.
        public func waitForRequests(_ count: Int) async throws {
            try await wait(for: "\(count) requests") { $0.service.requests.count >= count }
        }

        /// Returns once so many clients have left in the middle of an answer.
        ///
        /// - Throws: ``ScriptedServerTimeout`` after ``waitSecondsMax``, `CancellationError`.
        public func waitForClientsLeft(_ count: Int) async throws {
            try await wait(for: "\(count) clients that leave") { $0.clientsLeft >= count }
        }

        private func wait(
            for what: String, until isTrue: @escaping @Sendable (ServerDesk.State) -> Bool
        ) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.desk.wait(until: isTrue) }
                group.addTask {
                    try await ContinuousClock().sleep(for: .seconds(Self.waitSecondsMax))
                    let (came, left) = self.desk.look { ($0.service.requests.count, $0.clientsLeft) }
                    throw ScriptedServerTimeout(expected: what, requests: came, clientsLeft: left)
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }

        private static func serve(
            _ listener: NIOAsyncChannel<ServerConnection.HTTPChannel, Never>, _ desk: ServerDesk
        ) async throws {
            try await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { await ServerConnection(connection, desk).serve() }
                    }
                }
            }
        }
    }

    /// What a test waited for did not come.
    public struct ScriptedServerTimeout: Error, Sendable, Equatable, CustomStringConvertible {
        /// What was waited for.
        public let expected: String
        /// How many requests had come.
        public let requests: Int
        /// How many clients had left in the middle of an answer.
        public let clientsLeft: Int

        /// One sentence for a person.
        public var description: String {
            "waited \(ScriptedModelServer.waitSecondsMax) s for \(expected), but \(requests) requests came and "
                + "\(clientsLeft) clients left: look at the adapter under test"
        }
    }
#endif
