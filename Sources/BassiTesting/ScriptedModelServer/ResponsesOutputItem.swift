import BassiEvents
import BassiModels

/// One item of an answer of Responses, with the events that build it up.
///
/// The id of an item that comes after reasoning says so (`fc_t0001_1`): the service wants the two back together, and
/// the check has nothing but the request to see that by.
struct ResponsesOutputItem {
    enum Content {
        /// The parts of the summary, and the sealed reasoning if it was asked for.
        case reasoning(summary: [String], sealed: String?)
        case text(String)
        case refusal(String)
        case call(ScriptedCall, callID: String)
    }

    let id: String
    let content: Content
    /// Whether the answer ends in the middle of it.
    let isCutShort: Bool

    static func items(
        of answer: ScriptedAnswer, number: String, toolIDs: [String], request: JSONValue
    ) -> [ResponsesOutputItem] {
        var contents: [(id: String, content: Content)] = []
        let mark = answer.thinking == nil ? "" : "t"
        if let thinking = answer.thinking {
            let id = "rs_\(number)"
            let isShown = request["reasoning"]?["summary"]?.string != nil
            let isSealed = request["include"]?.array?.contains("reasoning.encrypted_content") == true
            let summary = isShown ? ReasoningSeal.summary(of: thinking) : []
            contents.append(
                (id, .reasoning(summary: summary, sealed: isSealed ? ReasoningSeal.seal(thinking, of: id) : nil)))
        }
        if let text = answer.text {
            let isRefusal = answer.effectiveStopReason == .refusal
            contents.append(("msg_\(mark)\(number)", isRefusal ? .refusal(text) : .text(text)))
        }
        for (place, (call, callID)) in zip(answer.tools, toolIDs).enumerated() {
            contents.append(("fc_\(mark)\(number)_\(place + 1)", .call(call, callID: callID)))
        }
        let isCutShort = [.maxTokens, .contextExceeded].contains(answer.effectiveStopReason)
        return contents.enumerated().map { place, item in
            ResponsesOutputItem(
                id: item.id, content: item.content, isCutShort: isCutShort && place == contents.count - 1)
        }
    }

    // MARK: - The item

    /// As it is when it is whole.
    var whole: JSONValue {
        switch content {
        case .reasoning(let summary, let sealed):
            let parts = summary.map { JSONValue.object(["type": "summary_text", "text": .string($0)]) }
            return reasoning(.array(parts), sealed)
        case .text, .refusal: return message([part], status)
        case .call(let call, let callID): return self.call(call, callID, call.argumentText, status)
        }
    }

    private var status: String { isCutShort ? "incomplete" : "completed" }

    /// The service writes something into `encrypted_content` at the start too; only the end has all of it.
    private var begun: JSONValue {
        switch content {
        case .reasoning(_, let sealed): reasoning([], sealed.map { String($0.prefix(6)) })
        case .text, .refusal: message([], "in_progress")
        case .call(let call, let callID): self.call(call, callID, "", "in_progress")
        }
    }

    private func reasoning(_ summary: JSONValue, _ sealed: String?) -> JSONValue {
        var item: JSONObject = ["id": .string(id), "type": "reasoning", "summary": summary]
        if let sealed { item["encrypted_content"] = .string(sealed) }
        return .object(item)
    }

    private func message(_ content: [JSONValue], _ status: String) -> JSONValue {
        [
            "id": .string(id), "type": "message", "status": .string(status), "role": "assistant",
            "content": .array(content),
        ]
    }

    private func call(_ call: ScriptedCall, _ callID: String, _ arguments: String, _ status: String) -> JSONValue {
        [
            "id": .string(id), "type": "function_call", "status": .string(status), "arguments": .string(arguments),
            "call_id": .string(callID), "name": .string(call.name),
        ]
    }

    private var part: JSONValue {
        switch content {
        case .text(let text): Self.text(text)
        case .refusal(let text): ["type": "refusal", "refusal": .string(text)]
        case .reasoning, .call: nil
        }
    }

    private static func text(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    // MARK: - Events

    /// All events of the item, in their order.
    func events(at index: Int) -> [ResponsesEvent] {
        let place = JSONObject.Member(key: "output_index", value: .number(JSONNumber(index)))
        func framed(_ type: String, _ item: JSONValue) -> ResponsesEvent {
            ResponsesEvent("response.output_item.\(type)", JSONObject([place, .init(key: "item", value: item)]))
        }
        let own = JSONObject([.init(key: "item_id", value: .string(id)), place])
        let inner: [ResponsesEvent]
        switch content {
        case .reasoning(let summary, _):
            inner = summary.enumerated().flatMap { Self.summaryEvents($1, at: $0, own) }
        case .text(let text): inner = textEvents(text, own)
        case .refusal(let text): inner = refusalEvents(text, own)
        case .call(let call, _): inner = Self.callEvents(call, own)
        }
        return [framed("added", begun)] + inner + [framed("done", whole)]
    }

    private static func summaryEvents(_ text: String, at index: Int, _ own: JSONObject) -> [ResponsesEvent] {
        let own = own + ["summary_index": .number(JSONNumber(index))]
        func part(_ text: String) -> JSONObject { ["part": ["type": "summary_text", "text": .string(text)]] }
        let deltas = ModelScript.pieces(of: text).map {
            ResponsesEvent("response.reasoning_summary_text.delta", own + ["delta": .string($0)])
        }
        return [ResponsesEvent("response.reasoning_summary_part.added", own + part(""))] + deltas + [
            ResponsesEvent("response.reasoning_summary_text.done", own + ["text": .string(text)]),
            ResponsesEvent("response.reasoning_summary_part.done", own + part(text)),
        ]
    }

    private func textEvents(_ text: String, _ own: JSONObject) -> [ResponsesEvent] {
        let own = own + ["content_index": 0]
        let deltas = ModelScript.pieces(of: text).map {
            ResponsesEvent("response.output_text.delta", own + ["delta": .string($0), "logprobs": []], .textPiece)
        }
        return [ResponsesEvent("response.content_part.added", own + ["part": Self.text("")])] + deltas + [
            ResponsesEvent("response.output_text.done", own + ["text": .string(text), "logprobs": []]),
            ResponsesEvent("response.content_part.done", own + ["part": part]),
        ]
    }

    private func refusalEvents(_ text: String, _ own: JSONObject) -> [ResponsesEvent] {
        let own = own + ["content_index": 0]
        let deltas = ModelScript.pieces(of: text).map {
            ResponsesEvent("response.refusal.delta", own + ["delta": .string($0)], .textPiece)
        }
        let empty: JSONValue = ["type": "refusal", "refusal": ""]
        return [ResponsesEvent("response.content_part.added", own + ["part": empty])] + deltas + [
            ResponsesEvent("response.refusal.done", own + ["refusal": .string(text)]),
            ResponsesEvent("response.content_part.done", own + ["part": part]),
        ]
    }

    private static func callEvents(_ call: ScriptedCall, _ own: JSONObject) -> [ResponsesEvent] {
        let deltas = call.argumentFragments.map {
            ResponsesEvent("response.function_call_arguments.delta", own + ["delta": .string($0)], .toolFragment)
        }
        let done = own + ["name": .string(call.name), "arguments": .string(call.argumentText)]
        return deltas + [ResponsesEvent("response.function_call_arguments.done", done)]
    }
}

extension JSONObject {
    fileprivate static func + (left: JSONObject, right: JSONObject) -> JSONObject {
        JSONObject(left.members + right.members)
    }
}
