import BassiEvents
import BassiModels

/// Asking the model, and what it answers.
extension SessionOwner {
    func askModel(attempt: Int) async throws {
        guard let run = state.run else { return }
        var request = ModelRequest(
            model: model.model, systemPrompt: configuration.systemPrompt, messages: try await messages(),
            tools: executor.registry.tools.map {
                ToolDescription(name: $0.name, description: $0.description, inputSchema: $0.inputSchema)
            })
        let estimate = request.estimatedInputTokens
        guard let budget = Budget(of: run, estimatedInputTokens: estimate, profile: model.profile) else {
            return try await endRun(.limit, reason: run.limits.maxCostUSD == nil ? "max_tokens_total" : "max_cost_usd")
        }
        request.outputTokensMax = budget.outputTokensMax
        let sent = RequestSent(
            attempt: attempt, provider: model.adapter.provider, model: model.model,
            messageCount: request.messages.count, toolCount: request.tools.count, estimatedInputTokens: estimate,
            reservedUSD: budget.reserved)
        try await append([.requestSent(sent)])
        // A prompt that steers was folded in with the event: the request is made of what the log says now.
        request.messages = try await messages()
        launchModel(request)
    }

    private func launchModel(_ request: ModelRequest) {
        let (seq, stopper, adapter, inbox) = (state.head, Stopper(), model.adapter, inbox)
        activity.model = Activity.ModelCall(request: seq, stopper: stopper, startedAt: .now)
        launch {
            do {
                try await stopper.run {
                    try await adapter.respond(to: request) { part in
                        try await inbox.send(.modelPart(request: seq, part))
                    }
                }
                inbox.post(.modelEnded(request: seq, .success(())))
            } catch {
                inbox.post(.modelEnded(request: seq, .failure(error)))
            }
        }
    }

    // MARK: - Parts

    /// The events that a part becomes. What comes after the end of its request, or while the run is being called
    /// off, becomes none.
    func events(of part: ModelPart, in request: SequenceNumber) -> [EventPayload] {
        guard activity.model?.request == request, activity.closing == nil else { return [] }
        switch part {
        case .messageStarted(let id, _):
            activity.model?.messageID = id
            return []
        case .blockStarted(let index, let start): return [.contentBlockStart(begin(start, at: index, of: request))]
        case .delta(let index, let text):
            if activity.model?.firstTokenAt == nil { activity.model?.firstTokenAt = .now }
            return delta(activity.model?.texts[index]?.push(text) ?? "", at: index, of: request)
        case .blockEnded(let index, let block):
            var text = activity.model?.texts.removeValue(forKey: index)
            let rest = delta(text?.finish() ?? "", at: index, of: request)
            return rest + [.contentBlockEnd(end(block, at: index, of: request))]
        case .completed(let reason, let usage): return complete(reason, usage)
        }
    }

    private func delta(_ text: String, at index: Int, of request: SequenceNumber) -> [EventPayload] {
        text.isEmpty ? [] : [.tokenDelta(TokenDelta(blockID: blockID(index, request), delta: text))]
    }

    private func blockID(_ index: Int, _ request: SequenceNumber) -> BlockID { BlockID("\(request).\(index)") }

    private func begin(_ start: BlockStart, at index: Int, of request: SequenceNumber) -> ContentBlockStart {
        let block = blockID(index, request)
        activity.model?.texts[index] = redactor.makeStream()
        switch start {
        case .text: return ContentBlockStart(blockID: block, kind: .text, index: index)
        case .thinking: return ContentBlockStart(blockID: block, kind: .thinking, index: index)
        case .opaque: return ContentBlockStart(blockID: block, kind: .opaque, index: index)
        case .toolUse(let id, let name):
            let toolID = unused(id, block)
            activity.model?.toolIDs.insert(toolID)
            activity.model?.callsByBlock[block] = toolID
            activity.ownCalls.insert(toolID)
            return ContentBlockStart(
                blockID: block, kind: .toolUse, index: index, toolID: toolID, toolName: name)
        }
    }

    /// Some servers count their calls from the start in each message; in the log an id is one call.
    private func unused(_ id: ToolID, _ block: BlockID) -> ToolID {
        let isTaken = conversation?.toolIDs.contains(id) == true || activity.model?.toolIDs.contains(id) == true
        guard id.rawValue.isEmpty || isTaken else { return id }
        let suffix = block.rawValue.replacing(".", with: "_")
        return ToolID(id.rawValue.isEmpty ? "call_\(suffix)" : "\(id)_\(suffix)")
    }

    private func end(_ block: ModelBlock, at index: Int, of request: SequenceNumber) -> ContentBlockEnd {
        let (id, data) = (blockID(index, request), block.providerData.map(Self.json))
        switch block.content {
        case .text(let text): return ContentBlockEnd(blockID: id, kind: .text, text: text, providerData: data)
        case .thinking(let text):
            return ContentBlockEnd(blockID: id, kind: .thinking, thinking: text, providerData: data)
        case .toolUse(_, _, let input):
            if let toolID = activity.model?.callsByBlock[id], redactor.redact(input.text) != input.text {
                activity.secretInputs[toolID] = input
            }
            return ContentBlockEnd(blockID: id, kind: .toolUse, toolInput: input, providerData: data)
        case .opaque: return ContentBlockEnd(blockID: id, kind: .opaque, providerData: data)
        }
    }

    private static func json(_ data: ProviderData) -> JSONValue {
        ["provider": .string(data.provider), "model": .string(data.model), "data": data.data]
    }

    // MARK: - Ends

    private func complete(_ reason: StopReason, _ usage: Usage) -> [EventPayload] {
        guard let call = activity.model, let attempt = state.request?.attempt else { return [] }
        let cost = model.profile.price?.cost(of: usage)
        let ended = RequestEnded(attempt: attempt, outcome: .completed, usage: usage, costUSD: cost)
        let message = MessageCompleted(
            messageID: call.messageID, role: "assistant", model: model.name, stopReason: reason, usage: usage,
            costUSD: cost, durationMilliseconds: (.now - call.startedAt).milliseconds,
            timeToFirstTokenMilliseconds: call.firstTokenAt.map { ($0 - call.startedAt).milliseconds })
        return [.requestEnded(ended), .messageCompleted(message)]
            + (budgetWarning(adding: cost).map { [.budgetWarning($0)] } ?? [])
    }

    /// At four fifths of the budget, once.
    private func budgetWarning(adding cost: Money?) -> BudgetWarning? {
        guard let run = state.run, !run.isWarned, let most = run.limits.maxCostUSD, let before = run.costUSD,
            let cost
        else { return nil }
        let spent = before + cost
        guard spent.nanoDollars >= most.nanoDollars / 5 * 4 else { return nil }
        func number(_ money: Money) -> JSONValue {
            (try? JSONParser.parse(money.description)) ?? .string(money.description)
        }
        return BudgetWarning(kind: "cost_usd", used: number(spent), limit: number(most))
    }

    func modelEnded(_ request: SequenceNumber, _ result: Result<Void, any Error>) async throws {
        guard activity.model?.request == request else { return }
        activity.model = nil
        // Whole, or being called off: then the closing writes the ends.
        guard activity.closing == nil, state.request != nil else { return }
        switch result {
        case .success: try await modelFailed(ModelError(.cut, "the answer broke off before its end"))
        case .failure(let error as ModelError): try await modelFailed(error)
        case .failure(let error): try await modelFailed(ModelError(.connection, "\(error)", shouldRetry: false))
        }
    }

    /// Closes what is open of the attempt, then tries again or gives up.
    private func modelFailed(_ error: ModelError) async throws {
        guard let request = state.request else { return }
        var events = state.blocks.map(SessionState.interruptedEnd)
        let isCut = [.cut, .stalled].contains(error.kind)
        let outcome: RequestOutcome = isCut ? .cut : error.isRetryable ? .failed : .refused
        events.append(.requestEnded(RequestEnded(attempt: request.attempt, outcome: outcome)))
        if let wait = configuration.retry.wait(after: error, attempt: request.attempt, jitter: .random(in: 0...1)) {
            events.append(
                .retryScheduled(
                    RetryScheduled(
                        attempt: request.attempt + 1, delayMilliseconds: wait.milliseconds,
                        errorType: error.kind.rawValue, status: error.status)))
            try await append(events)
            return setAlarm(.retry, after: wait)
        }
        events.append(
            .error(
                ErrorOccurred(
                    errorType: error.kind.rawValue, errorMessage: error.description, retryable: error.isRetryable,
                    attempt: request.attempt)))
        try await append(events)
        try await endRun(.failed, reason: error.kind.rawValue)
    }
}
