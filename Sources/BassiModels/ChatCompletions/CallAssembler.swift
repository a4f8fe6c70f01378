import BassiEvents

/// Puts tool calls together from their fragments, by the rules that all the dialects need: indices may start anywhere,
/// may all be 0, or be missing; ids may be missing or change; arguments may come as an object or twice.
///
/// Fragments of several calls may interleave, so no call is whole before the end. The first streams as it comes; the
/// others follow one after the other at the end, as on wires that have blocks.
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
            if at == 0, !name.isEmpty { parts.append(begin(calls[at])) }
        }
        if calls[at].name.isEmpty, !name.isEmpty {
            calls[at].name = name
            if at == 0 { parts += begun(calls[at]) }
        }
        if let extra = fragment["extra_content"] { calls[at].providerData = own(["extra_content": extra]) }
        return parts + extend(at, function?["arguments"])
    }

    /// The ends of the calls, and all of those that have not streamed, in the order in which they began. A call without
    /// a name cannot be run and is none.
    mutating func end() -> [ModelPart] {
        let streamed = calls.first?.name.isEmpty == false ? calls.first?.blockIndex : nil
        calls.removeAll { $0.name.isEmpty }
        return calls.flatMap { call -> [ModelPart] in
            let text = call.arguments.isBlank ? "{}" : call.arguments
            let input = (try? JSONParser.parse(text)) ?? .string(text)
            let block = ModelBlock(.toolUse(call.id, name: call.name, input: input), providerData: call.providerData)
            return (call.blockIndex == streamed ? [] : begun(call)) + [.blockEnded(index: call.blockIndex, block)]
        }
    }

    /// A new id together with a name begins a new call, though the index is an old one. A new id alone does not: some
    /// gateways make one for each fragment. Servers without ids repeat the index with a name and whole arguments.
    private func isNew(_ id: String, _ name: String, after call: Call) -> Bool {
        guard !name.isEmpty else { return false }
        if !id.isEmpty { return ToolID(id) != call.id }
        return !call.hadID && !call.arguments.isEmpty && (try? JSONParser.parse(call.arguments)) != nil
    }

    /// The beginning of a call, with what has come of it.
    private func begun(_ call: Call) -> [ModelPart] {
        [begin(call)] + (call.arguments.isEmpty ? [] : [.delta(index: call.blockIndex, call.arguments)])
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
        return at > 0 || calls[at].name.isEmpty ? [] : [.delta(index: calls[at].blockIndex, more)]
    }
}
