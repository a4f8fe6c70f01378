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
        /// The id on the wire; empty while none came.
        var wireID: String
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
        let more = Self.text(function?["arguments"])
        var parts: [ModelPart] = []
        let at: Int
        if let known = place(id, wireIndex), !isNew(id, name, more, after: calls[known]) {
            at = known
            if calls[at].wireID.isEmpty { calls[at].wireID = id }
        } else {
            let toolID = id.isEmpty ? ToolID.made() : ToolID(id)
            calls.append(
                Call(
                    wireIndex: wireIndex, blockIndex: nextIndex, id: toolID, wireID: id, name: name, arguments: ""))
            nextIndex += 1
            at = calls.count - 1
            if at == 0, !name.isEmpty { parts.append(begin(calls[at])) }
        }
        if calls[at].name.isEmpty, !name.isEmpty {
            calls[at].name = name
            if at == 0 { parts += begun(calls[at]) }
        }
        if let extra = fragment["extra_content"] { calls[at].providerData = own(["extra_content": extra]) }
        return parts + extend(at, more)
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

    /// The call that a fragment may belong to: of those at its index the one with its id, else the last.
    private func place(_ id: String, _ wireIndex: Int) -> Int? {
        let same = id.isEmpty ? nil : calls.lastIndex { $0.wireIndex == wireIndex && $0.wireID == id }
        return same ?? calls.lastIndex { $0.wireIndex == wireIndex }
    }

    /// A new id together with a name begins a new call, though the index is an old one. A new id alone does not: some
    /// gateways make one for each fragment. Servers without ids repeat the index with another name, or with the same
    /// name and other arguments once the first are whole.
    private func isNew(_ id: String, _ name: String, _ more: String, after call: Call) -> Bool {
        guard !name.isEmpty, !call.name.isEmpty else { return false }
        if !id.isEmpty, !call.wireID.isEmpty { return id != call.wireID }
        return name != call.name || (!more.isEmpty && more != call.arguments && Self.isWhole(call.arguments))
    }

    private static func isWhole(_ arguments: String) -> Bool { (try? JSONParser.parse(arguments)) != nil }

    /// Arguments are a text of JSON; some servers send the object itself.
    private static func text(_ arguments: JSONValue?) -> String {
        switch arguments {
        case .string(let text): text
        case .object(let object): JSONValue.object(object).text
        default: ""
        }
    }

    /// The beginning of a call, with what has come of it.
    private func begun(_ call: Call) -> [ModelPart] {
        [begin(call)] + (call.arguments.isEmpty ? [] : [.delta(index: call.blockIndex, call.arguments)])
    }

    private func begin(_ call: Call) -> ModelPart {
        .blockStarted(index: call.blockIndex, .toolUse(call.id, name: call.name))
    }

    private mutating func extend(_ at: Int, _ more: String) -> [ModelPart] {
        // Some servers send the whole text once more at the end.
        let isRepeat = more == calls[at].arguments && more.utf8.count > 1 && Self.isWhole(more)
        guard !more.isEmpty, !isRepeat else { return [] }
        calls[at].arguments += more
        return at > 0 || calls[at].name.isEmpty ? [] : [.delta(index: calls[at].blockIndex, more)]
    }
}
