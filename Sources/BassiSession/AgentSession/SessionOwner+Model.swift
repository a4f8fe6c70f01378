import BassiEvents
import BassiModels

/// Asking the model, and what it answers.
extension SessionOwner {
    /// Asks for the next message; for a summary first, where the conversation is too long.
    func askModel(attempt: Int) async throws {
        guard let run = state.run else { return }
        var request = request(of: try await messages())
        let estimate = estimate(of: request)
        if run.repairs.mustCompact || isTooLong(estimate), !run.repairs.hasCompacted {
            if try await askForSummary(attempt: attempt, tokensBefore: estimate) { return }
            if run.repairs.mustCompact { return try await endTooLong(Self.nothingToSummarise) }
        }
        guard try await send(&request, attempt: attempt, estimate) else { return }
        // A prompt that steers was folded in with the event: the request is made of what the log says now.
        request.messages = try await messages()
        launchModel(request, for: .message, estimate)
    }

    private func request(of messages: [ModelMessage]) -> ModelRequest {
        var request = ModelRequest(
            model: models.current.model, systemPrompt: configuration.systemPrompt, messages: messages,
            tools: offeredTools.map {
                ToolDescription(name: $0.name, description: $0.description, inputSchema: $0.inputSchema)
            }, outputTokensMax: models.current.profile.outputTokensMax)
        addSchema(to: &request)
        return request
    }

    /// By a quarter of the bytes, and by how much that was too few before.
    func estimate(of request: ModelRequest) -> Int {
        request.estimatedInputTokens * state.model.estimatePercent / 100
    }

    /// Reserves what a request may cost, and says in the log that it is sent; false when the budget does not pay for it,
    /// and the run has ended, or when it may once others of the run have ended their requests.
    func send(_ request: inout ModelRequest, attempt: Int, _ estimate: Int) async throws -> Bool {
        guard state.run != nil else { return false }
        let (model, inbox) = (models.current, inbox)
        let answer = ledger.reserve(for: id, estimatedInputTokens: estimate, profile: model.profile) {
            inbox.post(.budgetFreed)
        }
        let budget: Budget
        switch answer {
        case .reserved(let reserved): budget = reserved
        case .wait:
            activity.waitsForBudget = true
            return false
        case .spent(let reason):
            try await endRun(.limit, reason: reason)
            return false
        }
        request.outputTokensMax = min(request.outputTokensMax, budget.outputTokensMax)
        let sent = RequestSent(
            attempt: attempt, provider: model.adapter.provider, model: model.model,
            messageCount: request.messages.count, toolCount: request.tools.count, estimatedInputTokens: estimate,
            reservedUSD: budget.reserved)
        try await append([.requestSent(sent)])
        return true
    }

    func launchModel(_ request: ModelRequest, for purpose: Activity.Purpose, _ estimate: Int) {
        let (seq, stopper, model, inbox) = (state.head, Stopper(), models.current, inbox)
        activity.model = Activity.ModelCall(
            request: seq, purpose: purpose, model: model, stopper: stopper, startedAt: .now,
            estimatedInputTokens: estimate)
        let watch = ContentWatch(limit: configuration.contentSilence, provider: model.adapter.provider)
        let counts = mayBeTooLong(estimate) ? model.profile.contextTokensMax : nil
        launch {
            do {
                try await stopper.run {
                    if let most = counts { try await model.adapter.check(request, fitsInto: most) }
                    try await watch.run { sign in
                        try await model.adapter.respond(to: request) { part in
                            sign.content()
                            try await inbox.send(.modelPart(request: seq, part))
                        }
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
        // Looked at where it is: a copy held here would make each part copy the open texts.
        guard activity.model?.request == request, activity.closing == nil else { return [] }
        if case .summary? = activity.model?.purpose {
            activity.model?.take(part)
            return []
        }
        switch part {
        case .messageStarted(let id, let usage):
            activity.model?.messageID = id
            activity.model?.usage = usage
            return []
        case .blockStarted(let index, let start): return [.contentBlockStart(begin(start, at: index, of: request))]
        case .delta(let index, let text):
            if activity.model?.firstTokenAt == nil { activity.model?.firstTokenAt = .now }
            activity.model?.receivedBytes += text.utf8.count
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
        let (id, data) = (blockID(index, request), block.providerData?.jsonValue)
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

    // MARK: - Ends

    private func complete(_ reason: StopReason, _ usage: Usage) -> [EventPayload] {
        guard let call = activity.model, let attempt = state.request?.attempt else { return [] }
        let cost = call.model.profile.price?.cost(of: usage)
        let ended = RequestEnded(attempt: attempt, outcome: .completed, usage: usage, costUSD: cost)
        let message = MessageCompleted(
            messageID: call.messageID, role: "assistant", model: call.model.name, stopReason: reason, usage: usage,
            costUSD: cost, durationMilliseconds: (.now - call.startedAt).milliseconds,
            timeToFirstTokenMilliseconds: call.firstTokenAt.map { ($0 - call.startedAt).milliseconds })
        return [.requestEnded(ended), .messageCompleted(message)]
            + (budgetWarning(adding: cost).map { [.budgetWarning($0)] } ?? [])
    }

    /// At four fifths of the budget, once.
    private func budgetWarning(adding cost: Money?) -> BudgetWarning? {
        guard let run = state.run, !run.isWarned, let most = run.limits.maxCostUSD, let before = run.total.costUSD,
            let cost
        else { return nil }
        let spent = before + cost
        guard spent.nanoDollars >= most.nanoDollars / 5 * 4 else { return nil }
        func number(_ money: Money) -> JSONValue {
            (try? JSONParser.parse(money.description)) ?? .string(money.description)
        }
        return BudgetWarning(kind: "cost_usd", used: number(spent), limit: number(most))
    }
}
