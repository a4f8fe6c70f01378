import BassiEvents

extension ScriptedAnswer {
    /// Yields the answer as an adapter would, without a wire.
    ///
    /// - Throws: ``ModelError`` where the answer says that it fails.
    public func play(
        as id: MessageID, from provider: String, yielding emit: @Sendable (ModelPart) async throws -> Void
    ) async throws {
        if case .status(let status, let type, let message, let retryAfter) = failure {
            throw ModelError(
                Self.kind(type, status), "\(provider): \(message)", status: status,
                retryAfter: RetryDelay.asked(written: retryAfter))
        }
        var usage = self.usage
        usage.outputTokens = min(1, usage.outputTokens)
        try await emit(.messageStarted(id: id, usage: usage))
        var player = Player(answer: self, provider: provider)
        if let thinking { try await player.play(thinking, .thinking, .thinking(thinking), emit) }
        if let text { try await player.play(text, .text, .text(text), emit) }
        for (number, call) in tools.enumerated() {
            let toolID = call.id ?? ToolID("call_\(id)_\(number + 1)")
            try await player.play(
                call.input.text, .toolUse(toolID, name: call.name),
                .toolUse(toolID, name: call.name, input: call.input), emit)
        }
        try await player.fail()
        try await emit(.completed(effectiveStopReason, self.usage))
    }

    /// A word of ours, or of Anthropic's wire, which scripts for the model server use.
    private static func kind(_ type: String, _ status: Int?) -> ModelError.Kind {
        ModelError.Kind(rawValue: type)
            ?? AnthropicDialect.failure(status: status, error: ["type": .string(type)]).kind
    }

    /// Counts pieces over all blocks, since a failure comes after so many of them.
    private struct Player {
        let answer: ScriptedAnswer
        let provider: String
        var pieces = 0
        var nextIndex = 0

        mutating func play(
            _ text: String, _ start: BlockStart, _ whole: ModelBlock.Content,
            _ emit: @Sendable (ModelPart) async throws -> Void
        ) async throws {
            let index = nextIndex
            nextIndex += 1
            if pieces == 0 { try await failIfDue() }
            try await emit(.blockStarted(index: index, start))
            for piece in ModelScript.pieces(of: text) {
                try await failIfDue()
                if answer.delayMilliseconds > 0 {
                    try await Task.sleep(for: .milliseconds(answer.delayMilliseconds))
                }
                try await emit(.delta(index: index, piece))
                pieces += 1
            }
            try await failIfDue()
            try await emit(.blockEnded(index: index, ModelBlock(whole)))
        }

        private func failIfDue() async throws {
            switch answer.failure {
            case .errorEvent(_, _, let after), .cut(let after), .reset(let after), .stall(let after):
                if after == pieces { try await fail() }
            case .status, nil: break
            }
        }

        /// Fails as the script says, if it does: also when fewer pieces came than it counts.
        func fail() async throws {
            switch answer.failure {
            case .errorEvent(let type, let message, _):
                throw ModelError(ScriptedAnswer.kind(type, nil), "\(provider): \(message)")
            case .cut, .reset: throw ModelError(.cut, "\(provider)'s answer broke off before its end")
            case .stall:
                // Longer than any limit: only a cancel or a time-out ends it, as with a provider that hangs.
                try await Task.sleep(for: .seconds(3600))
            case .status, nil: break
            }
        }
    }
}
