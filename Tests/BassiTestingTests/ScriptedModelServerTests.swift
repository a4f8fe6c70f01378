#if Network
    import BassiEvents
    import BassiModels
    import Testing

    @testable import BassiTesting

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    @Suite(.timeLimit(.minutes(5))) struct ScriptedModelServerTests {
        private func ask(
            _ request: RecordedRequest, _ answer: ScriptedAnswer, _ options: ScriptedServerOptions = .init()
        ) async throws -> SocketAnswer {
            try await ScriptedModelServer.run(ModelScript([answer]), options: options) { server in
                let client = try SocketClient(port: server.port)
                defer { client.close() }
                try await client.send(request)
                let bytes = try await client.read()
                #expect(server.clientsLeft == 0)
                return try #require(SocketAnswer(bytes))
            }
        }

        @Test func `an answer comes event by event`() async throws {
            for request in [RecordedRequest.anthropic(), .chat()] {
                let answer = try await ask(request, ScriptedServiceTests.rich)
                #expect(answer.status == 200 && answer.isWhole)
                #expect(answer.head.contains("content-type: text/event-stream"))
                let events = try answer.body.serverSentEvents()
                #expect(answer.chunks.count == events.count)
                #expect(events.last?.data == "[DONE]" || events.last?.event == "message_stop")
            }
        }

        @Test func `an answer cut into single bytes is the same answer`() async throws {
            let whole = try await ask(.anthropic(), ScriptedServiceTests.rich, .init(chunking: .whole))
            let cut = try await ask(.anthropic(), ScriptedServiceTests.rich, .init(chunking: .everyBytes(1)))
            #expect(whole.chunks.count == 1 && cut.chunks.count == whole.body.count)
            #expect(cut.body == whole.body && cut.isWhole)
        }

        @Test func `an answer without stream has a length`() async throws {
            let answer = try await ask(.anthropic(""), ScriptedAnswer(text: "Hello."))
            #expect(answer.isWhole && answer.head.contains("content-length: "))
            #expect(try JSONParser.parse(answer.body)["content"]?.array?.first?["text"] == "Hello.")
        }

        @Test func `one connection asks twice`() async throws {
            let script = ModelScript([ScriptedAnswer(text: "One."), ScriptedAnswer(text: "Two.")])
            try await ScriptedModelServer.run(script) { server in
                let client = try SocketClient(port: server.port)
                defer { client.close() }
                try await client.send(.anthropic(), keepAlive: true)
                _ = try await client.read(until: "\r\n0\r\n\r\n")
                try await client.send(.chat())
                let answer = try #require(SocketAnswer(try await client.read()))
                #expect(String(decoding: answer.body, as: UTF8.self).contains("Two."))
                #expect(server.requests.map(\.path) == ["/v1/messages", "/v1/chat/completions"])
                #expect(server.requests.allSatisfy { $0.refusal == nil && $0.header("HOST") == "127.0.0.1" })
                #expect(server.requests[0].body["messages"]?.array?.count == 1)
            }
        }

        @Test func `a refusal is answered and recorded`() async throws {
            try await ScriptedModelServer.run(ModelScript([])) { server in
                let client = try SocketClient(port: server.port)
                defer { client.close() }
                try await client.send(.anthropic(#""foo":1"#))
                let answer = try #require(SocketAnswer(try await client.read()))
                #expect(answer.status == 400 && answer.isWhole)
                try await server.waitForRequests(1)
                #expect(server.requests[0].refusal?.message == "foo: Extra inputs are not permitted")
            }
        }

        @Test func `a cut answer ends cleanly without its end`() async throws {
            for request in [RecordedRequest.anthropic(), .chat()] {
                let answer = try await ask(request, ScriptedAnswer(text: "One two.", failure: .cut(afterPieces: 1)))
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(answer.isWhole && text.contains("One") && !text.contains("two."))
                #expect(!text.contains("message_stop") && !text.contains("[DONE]"))
            }
        }

        @Test func `an error event ends the stream`() async throws {
            let failure = ScriptedFailure.errorEvent(type: "overloaded_error", message: "Full.", afterPieces: 1)
            let answer = try await ask(.anthropic(), ScriptedAnswer(text: "One two.", failure: failure))
            #expect(answer.status == 200 && answer.isWhole)
            #expect(try answer.body.serverSentEvents().last?.event == "error")
        }

        @Test func `an HTTP error comes instead of the answer`() async throws {
            let failure = ScriptedFailure.status(529, type: "overloaded_error", message: "Full.", retryAfter: "3")
            let answer = try await ask(.anthropic(), ScriptedAnswer(failure: failure))
            #expect(answer.status == 529 && answer.head.contains("retry-after: 3"))
        }

        @Test func `a reset is a reset`() async throws {
            let script = ModelScript([ScriptedAnswer(text: "One two.", failure: .reset(afterPieces: 1))])
            try await ScriptedModelServer.run(script) { server in
                let client = try SocketClient(port: server.port)
                defer { client.close() }
                try await client.send(.anthropic())
                await #expect(throws: SocketClient.Failure(call: "read", code: ECONNRESET)) {
                    _ = try await client.read()
                }
                #expect(server.clientsLeft == 0)
            }
        }

        @Test func `a client that leaves a stalled answer is counted`() async throws {
            let script = ModelScript([ScriptedAnswer(text: "One two.", failure: .stall(afterPieces: 1))])
            try await ScriptedModelServer.run(script) { server in
                let client = try SocketClient(port: server.port)
                try await client.send(.anthropic())
                let text = String(decoding: try await client.read(until: "One"), as: UTF8.self)
                #expect(text.contains("One") && server.clientsLeft == 0)
                client.close()
                try await server.waitForClientsLeft(1)
                #expect(server.clientsLeft == 1)
            }
        }

        @Test func `a client that leaves a slow answer is counted`() async throws {
            let script = ModelScript([ScriptedAnswer(text: "One two.", delayMilliseconds: 60_000)])
            try await ScriptedModelServer.run(script) { server in
                let client = try SocketClient(port: server.port)
                try await client.send(.chat())
                _ = try await client.read(until: "assistant")
                client.close()
                try await server.waitForClientsLeft(1)
            }
        }

        @Test func `everything ends with the body, stalled answers too`() async throws {
            let stall = ScriptedAnswer(text: "One two.", failure: .stall(afterPieces: 1))
            let clients = try await ScriptedModelServer.run(ModelScript([stall, stall])) { server in
                let clients = try [SocketClient(port: server.port), SocketClient(port: server.port)]
                for client in clients {
                    try await client.send(.anthropic())
                    _ = try await client.read(until: "One")
                }
                return (clients, ContinuousClock.now, server)
            }
            // A stalled answer would go on for an hour.
            #expect(ContinuousClock.now - clients.1 < .seconds(30))
            #expect(clients.2.clientsLeft == 0)
            for client in clients.0 {
                _ = try? await client.read()
                client.close()
            }
            #expect(throws: SocketClient.Failure.self) { try SocketClient(port: clients.2.port) }
        }

        @Test func `an error of the body comes through and ends the server`() async throws {
            await #expect(throws: CancellationError.self) {
                try await ScriptedModelServer.run(ModelScript([])) { _ in throw CancellationError() }
            }
        }

        @Test func `a wait ends when its task is cancelled`() async throws {
            try await ScriptedModelServer.run(ModelScript([])) { server in
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await server.waitForRequests(1) }
                    group.cancelAll()
                    await #expect(throws: CancellationError.self) { try await group.next() }
                }
            }
        }
    }
#endif
