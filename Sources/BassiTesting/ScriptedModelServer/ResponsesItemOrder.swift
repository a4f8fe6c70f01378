import BassiEvents

/// What the items of a request have to do with each other: each call has its one output, reasoning stands before what
/// came of it, and nothing is there twice.
struct ResponsesItemOrder {
    private var ids: Set<String> = []
    private var waiting: [String] = []
    private var answered: Set<String> = []
    /// Reasoning whose item has not come yet.
    private var reasoning: (id: String, item: CheckedValue)?

    mutating func take(_ item: CheckedValue, _ type: String) throws(RequestRefusal) {
        if let id = item.value["id"]?.string, !ids.insert(id).inserted {
            throw item.refusal(
                "Duplicate item found with id \(id). Remove duplicate items from your input and try again.")
        }
        try follow(item, type)
        switch type {
        case "function_call", "custom_tool_call": try open(item)
        case "function_call_output", "custom_tool_call_output": try answer(item)
        default: break
        }
    }

    mutating func end(at input: CheckedValue) throws(RequestRefusal) {
        if let reasoning { throw Self.alone(reasoning.id, reasoning.item) }
        guard let call = waiting.first else { return }
        throw input.refusal("No tool output found for function call \(call).")
    }

    private static func alone(_ id: String, _ item: CheckedValue) -> RequestRefusal {
        item.refusal("Item '\(id)' of type 'reasoning' was provided without its required following item.")
    }

    private mutating func follow(_ item: CheckedValue, _ type: String) throws(RequestRefusal) {
        if type == "reasoning" {
            // Several reasoning items may stand together before what came of them.
            reasoning = (item.value["id"]?.string ?? "", item)
            return
        }
        let isOfModel = type != "function_call_output" && (type != "message" || item.value["role"] == "assistant")
        if let reasoning {
            guard isOfModel else { throw Self.alone(reasoning.id, reasoning.item) }
            self.reasoning = nil
        }
        guard let id = item.value["id"]?.string, let needed = Self.reasoning(neededBy: id), !ids.contains(needed) else {
            return
        }
        throw item.refusal(
            "Item '\(id)' of type '\(type)' was provided without its required 'reasoning' item: '\(needed)'.")
    }

    /// The reasoning that the id of an item of this server names: `fc_t0001_1` came after `rs_0001`.
    private static func reasoning(neededBy id: String) -> String? {
        let words = id.split(separator: "_")
        guard words.count > 1, words[0] != "rs", words[1].first == "t" else { return nil }
        let number = words[1].dropFirst()
        return !number.isEmpty && number.allSatisfy(\.isNumber) ? "rs_\(number)" : nil
    }

    private mutating func open(_ item: CheckedValue) throws(RequestRefusal) {
        let id = item.value["call_id"]?.string ?? ""
        guard !waiting.contains(id), !answered.contains(id) else {
            throw item.refusal("Duplicate function call found with call_id \(id).")
        }
        waiting.append(id)
    }

    private mutating func answer(_ item: CheckedValue) throws(RequestRefusal) {
        let id = item.value["call_id"]?.string ?? ""
        guard let index = waiting.firstIndex(of: id) else {
            if answered.contains(id) {
                throw item.refusal("Duplicate function call output found with call_id \(id).")
            }
            throw item.refusal("No tool call found for function call output with call_id \(id).")
        }
        waiting.remove(at: index)
        answered.insert(id)
    }
}
