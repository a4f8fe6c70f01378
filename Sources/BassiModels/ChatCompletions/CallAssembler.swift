import BassiEvents

/// Puts tool calls together from their fragments, by the rules that all the dialects need: indices may start anywhere,
/// may all be 0, or be missing; ids may be missing or change; arguments may come as an object or twice.
struct CallAssembler {
    private struct Call {
        let wireIndex: Int
        let blockIndex: Int
        let id: ToolID
        let hadID: Bool
        var name: String
        var arguments: String
        var providerData: ProviderData?
    }

    private var calls: [Call] = []

    var isEmpty: Bool { calls.isEmpty }

    /// Takes one fragment. A call begins as a block once its name is known.
    mutating func add(
        _ fragment: JSONValue, at position: Int, nextIndex: inout Int, own: (JSONValue) -> ProviderData
    ) -> [ModelPart] {
        let function = fragment["function"]
        let wireIndex = fragment["index"]?.int64.map { Int(clamping: $0) } ?? position
        let (id, name) = (fragment["id"]?.string ?? "", function?["name"]?.string ?? "")
        var parts: [ModelPart] = []
        let at: Int
        if let known = calls.lastIndex(where: { $0.wireIndex == wireIndex }), !isNew(id, name, after: calls[known]) {
            at = known
        } else {
            let toolID = ToolID(id.isEmpty ? "call_\(UUIDv7().description.replacing("-", with: ""))" : id)
            calls.append(
                Call(
                    wireIndex: wireIndex, blockIndex: nextIndex, id: toolID, hadID: !id.isEmpty, name: name,
                    arguments: ""))
            nextIndex += 1
            at = calls.count - 1
            if !name.isEmpty { parts.append(begin(calls[at])) }
        }
        if calls[at].name.isEmpty, !name.isEmpty {
            calls[at].name = name
            parts.append(begin(calls[at]))
            if !calls[at].arguments.isEmpty { parts.append(.delta(index: calls[at].blockIndex, calls[at].arguments)) }
        }
        if let extra = fragment["extra_content"] { calls[at].providerData = own(["extra_content": extra]) }
        return parts + extend(at, function?["arguments"])
    }

    /// The whole calls, in the order in which they began. A call without a name cannot be run and is none.
    mutating func end() -> [ModelPart] {
        calls.removeAll { $0.name.isEmpty }
        return calls.map { call in
            let text = call.arguments.isBlank ? "{}" : call.arguments
            let input = (try? JSONParser.parse(text)) ?? .string(text)
            return .blockEnded(
                index: call.blockIndex,
                ModelBlock(.toolUse(call.id, name: call.name, input: input), providerData: call.providerData))
        }
    }

    /// A new id together with a name begins a new call, though the index is an old one. A new id alone does not: some
    /// gateways make one for each fragment. Servers without ids repeat the index with a name and whole arguments.
    private func isNew(_ id: String, _ name: String, after call: Call) -> Bool {
        guard !name.isEmpty else { return false }
        if !id.isEmpty { return ToolID(id) != call.id }
        return !call.hadID && !call.arguments.isEmpty && (try? JSONParser.parse(call.arguments)) != nil
    }

    private func begin(_ call: Call) -> ModelPart {
        .blockStarted(index: call.blockIndex, .toolUse(call.id, name: call.name))
    }

    private mutating func extend(_ at: Int, _ arguments: JSONValue?) -> [ModelPart] {
        let more: String
        switch arguments {
        case .string(let text): more = text
        case .object(let object): more = JSONValue.object(object).text
        default: return []
        }
        // Some servers send the whole text once more at the end.
        let isRepeat = more == calls[at].arguments && more.count > 1 && (try? JSONParser.parse(more)) != nil
        guard !more.isEmpty, !isRepeat else { return [] }
        calls[at].arguments += more
        return calls[at].name.isEmpty ? [] : [.delta(index: calls[at].blockIndex, more)]
    }
}
