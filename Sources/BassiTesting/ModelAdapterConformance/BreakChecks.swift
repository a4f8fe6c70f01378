#if Network
    import BassiEvents
    import BassiModels

    extension ModelAdapterConformance {
        /// The longest that a connection may stay open after its request was cancelled.
        static let cancelLimit = Duration.seconds(10)

        static let breakChecks: [Check] = [
            Check("an answer that is cut anywhere is no whole answer") { subject in
                try await requireBroken(subject) { .cut(afterPieces: $0) }
            },
            Check("an answer whose connection is reset anywhere is no whole answer") { subject in
                try await requireBroken(subject) { .reset(afterPieces: $0) }
            },
            Check("what came before a stall is there, and a cancel ends the wait") { subject in
                for pieces in [1, 2] {
                    let words = ["One", "One two"][pieces - 1]
                    let heard = try await cancelled(subject, afterPieces: pieces).heard
                    try require(heard.streamedText == words, subject, "before the stall it said \(heard.parts)")
                    try require(heard.ending == nil && heard.error != nil, subject, "it ended as \(heard.parts)")
                }
            },
            Check("a cancel closes the connection") { subject in
                let time = try await cancelTime(of: subject)
                try require(time < cancelLimit, subject, "the connection was open \(time) after the cancel")
            },
        ]

        /// How long the connection stays open after the request was cancelled in the middle of its answer.
        ///
        /// - Throws: ``ScriptedServerTimeout`` when it never closes.
        public static func cancelTime(of subject: Subject) async throws -> Duration {
            try await cancelled(subject, afterPieces: 1).time
        }

        /// Cancels a request once so many pieces of its answer are there.
        private static func cancelled(
            _ subject: Subject, afterPieces pieces: Int
        ) async throws -> (heard: HeardAnswer, time: Duration) {
            let answer = ScriptedAnswer(text: "One two three.", failure: .stall(afterPieces: pieces))
            return try await withServer(subject, [answer]) { server, adapter in
                let (deltas, continuation) = AsyncStream.makeStream(of: Void.self)
                return try await withThrowingTaskGroup(of: HeardAnswer.self) { group in
                    group.addTask {
                        await HeardAnswer.of(adapter, request(subject)) { part in
                            if case .delta = part { continuation.yield() }
                        }
                    }
                    var seen = 0
                    for await _ in deltas {
                        seen += 1
                        if seen == pieces { break }
                    }
                    let start = ContinuousClock.now
                    group.cancelAll()
                    guard let heard = try await group.next() else { throw CancellationError() }
                    try await server.waitForClientsLeft(1)
                    return (heard, ContinuousClock.now - start)
                }
            }
        }

        private static func requireBroken(
            _ subject: Subject, _ failure: @Sendable (Int) -> ScriptedFailure
        ) async throws {
            let kinds: [ModelError.Kind] = [.cut, .connection, .malformed]
            for pieces in 0...6 {
                let answer = ScriptedAnswer(
                    text: "One two three.", thinking: "Hm.", tools: [ScriptedCall("read", ["path": "a-long-name.txt"])],
                    failure: failure(pieces))
                let heard = try await heard(subject, answer)
                let error = heard.error as? ModelError
                try require(
                    error.map { kinds.contains($0.kind) && $0.isRetryable } ?? false, subject,
                    "after \(pieces) pieces it ended with \(String(describing: heard.error))")
                try require(
                    heard.ending == nil && heard.disorder == nil, subject,
                    "after \(pieces) pieces it gave \(heard.parts)")
            }
        }
    }
#endif
