import BassiEvents

/// One item of an answer while it is put together from its events.
///
/// What `response.output_item.done` says holds; the deltas before it are for display, and count only where a server
/// leaves that event out.
struct ResponsesItem {
    enum Kind {
        case message, reasoning, call, opaque

        init(_ type: String) {
            switch type {
            case "message": self = .message
            case "reasoning": self = .reasoning
            case "function_call": self = .call
            default: self = .opaque
            }
        }
    }

    /// A part of an item that is a block of its own.
    private struct Piece {
        let key: Int
        let index: Int
        let isRefusal: Bool
        var text = ""
    }

    let kind: Kind
    /// The item's place in the answer, if the server says it.
    let wireIndex: Int?
    /// The item's own id; empty while none came.
    private(set) var id: String
    /// Whether the model refused in it.
    private(set) var hasRefusal = false
    /// The ends of the blocks, once the item is whole.
    private(set) var ends: [ModelPart]?

    private var item: JSONObject
    private var pieces: [Piece] = []
    /// The index that is kept for the first block, so that blocks stand in the order of their items.
    private let firstIndex: Int
    private var hasBegun = false
    private let toolID: ToolID
    private var name: String
    /// The part of the reasoning that came last.
    private var lastSection: String?

    init(_ item: JSONValue, type: String, wireIndex: Int?, nextIndex: inout Int) {
        kind = Kind(type)
        self.wireIndex = wireIndex
        self.item = item.object ?? [:]
        id = item["id"]?.string ?? ""
        let callID = [item["call_id"], item["id"]].lazy.compactMap { $0?.string }.first { !$0.isEmpty }
        toolID = callID.map { ToolID($0) } ?? .made()
        name = item["name"]?.string ?? ""
        firstIndex = nextIndex
        nextIndex += 1
    }

    /// Whether these words of an event mean this item.
    func isMeant(id: String?, callID: String?) -> Bool {
        if let id, !id.isEmpty, id == self.id { return true }
        return kind == .call && callID != nil && callID == item["call_id"]?.string
    }

    // MARK: - Parts

    /// Begins the block of an item that is one; a message begins its blocks with their first words.
    mutating func begin() -> [ModelPart] {
        guard !hasBegun, kind != .message, kind != .call || !name.isEmpty else { return [] }
        hasBegun = true
        let start: BlockStart =
            switch kind {
            case .call: .toolUse(toolID, name: name)
            case .reasoning: .thinking
            case .message, .opaque: .opaque
            }
        pieces.append(Piece(key: 0, index: firstIndex, isRefusal: false))
        return [.blockStarted(index: firstIndex, start)]
    }

    /// More words of a message's part.
    mutating func say(_ more: String, at key: Int, isRefusal: Bool = false, nextIndex: inout Int) -> [ModelPart] {
        guard kind == .message, ends == nil, !more.isEmpty else { return [] }
        if let at = pieces.firstIndex(where: { $0.key == key && $0.isRefusal == isRefusal }) {
            pieces[at].text += more
            return [.delta(index: pieces[at].index, more)]
        }
        let index = pieces.isEmpty ? firstIndex : nextIndex
        if !pieces.isEmpty { nextIndex += 1 }
        if isRefusal { hasRefusal = true }
        pieces.append(Piece(key: key, index: index, isRefusal: isRefusal, text: more))
        return [.blockStarted(index: index, .text), .delta(index: index, more)]
    }

    /// More of the reasoning; between its parts stands a blank line.
    mutating func think(_ more: String, section: String) -> [ModelPart] {
        guard kind == .reasoning, !more.isEmpty else { return [] }
        let isNew = lastSection != nil && lastSection != section
        lastSection = section
        return extend(isNew ? "\n\n" + more : more)
    }

    /// More of a call's arguments.
    mutating func argue(_ more: String) -> [ModelPart] { kind == .call ? extend(more) : [] }

    private mutating func extend(_ more: String) -> [ModelPart] {
        guard ends == nil, !more.isEmpty else { return [] }
        let parts = begin()
        guard !pieces.isEmpty else {
            // A call whose name has not come; its arguments wait for it.
            item["arguments"] = .string((item["arguments"]?.string ?? "") + more)
            return []
        }
        pieces[0].text += more
        return parts + [.delta(index: pieces[0].index, more)]
    }

    // MARK: - The whole

    /// What has come of a part, and what the whole of it has beyond that.
    func missing(of whole: String, at key: Int, isRefusal: Bool = false) -> String {
        let known = pieces.first { $0.key == key && $0.isRefusal == isRefusal }?.text ?? ""
        return whole.hasPrefix(known) ? String(whole.dropFirst(known.count)) : ""
    }

    /// The item is whole: as the service says, or as far as it came.
    mutating func end(
        _ whole: JSONValue?, after reasoning: String?, nextIndex: inout Int, own: (JSONValue) -> ProviderData
    ) -> [ModelPart] {
        guard ends == nil else { return [] }
        let held = item["arguments"]?.string
        if let whole = whole?.object { item = whole }
        if let given = item["id"]?.string { id = given }
        if let given = item["name"]?.string { name = given }
        switch kind {
        case .message: return endMessage(isWhole: whole != nil, reasoning, &nextIndex, own)
        case .reasoning: return endReasoning(isWhole: whole != nil, own)
        case .call: return endCall(held: held, reasoning, own)
        case .opaque:
            let parts = begin()
            ends = [.blockEnded(index: firstIndex, ModelBlock(.opaque, providerData: own(["item": .object(item)])))]
            return parts
        }
    }

    private mutating func endMessage(
        isWhole: Bool, _ reasoning: String?, _ nextIndex: inout Int, _ own: (JSONValue) -> ProviderData
    ) -> [ModelPart] {
        var parts: [ModelPart] = []
        var annotations: [Int: JSONValue] = [:]
        for (key, part) in (item["content"]?.array ?? []).enumerated() {
            let isRefusal = part["type"]?.string == "refusal"
            let text = (isRefusal ? part["refusal"] : part["text"])?.string ?? ""
            parts += say(
                missing(of: text, at: key, isRefusal: isRefusal), at: key, isRefusal: isRefusal, nextIndex: &nextIndex)
            if let at = pieces.firstIndex(where: { $0.key == key && $0.isRefusal == isRefusal }), !text.isEmpty {
                pieces[at].text = text
            }
            if let notes = part["annotations"], notes != [] { annotations[key] = notes }
        }
        ends = pieces.map { piece in
            var data: JSONObject = ["message": .object(item.without("type", "role", "content", "status"))]
            if let reasoning { data["after"] = .string(reasoning) }
            if piece.isRefusal { data["is_refusal"] = true }
            data["annotations"] = annotations[piece.key]
            let provided = id.isEmpty ? nil : own(.object(data))
            return .blockEnded(index: piece.index, ModelBlock(.text(piece.text), providerData: provided))
        }
        return parts
    }

    private mutating func endReasoning(isWhole: Bool, _ own: (JSONValue) -> ProviderData) -> [ModelPart] {
        func texts(_ key: String) -> [String] { (item[key]?.array ?? []).compactMap { $0["text"]?.string } }
        var parts = begin()
        let said = texts("summary").isEmpty ? texts("content") : texts("summary")
        if pieces[0].text.isEmpty { parts += extend(said.joined(separator: "\n\n")) }
        let data = isWhole ? own(["item": .object(item)]) : nil
        ends = [.blockEnded(index: firstIndex, ModelBlock(.thinking(pieces[0].text), providerData: data))]
        return parts
    }

    /// A call without a name cannot be run and is none.
    private mutating func endCall(
        held: String?, _ reasoning: String?, _ own: (JSONValue) -> ProviderData
    ) -> [ModelPart] {
        var parts = begin()
        guard !pieces.isEmpty else {
            ends = []
            return []
        }
        var arguments = item["arguments"]?.string ?? item["arguments"]?.object.map { JSONValue.object($0).text } ?? ""
        if arguments.isBlank { arguments = pieces[0].text.isEmpty ? held ?? "" : pieces[0].text }
        parts += extend(missing(of: arguments, at: 0))
        let text = arguments.isBlank ? "{}" : arguments
        let input = (try? JSONParser.parse(text)) ?? .string(text)
        var data: JSONObject = ["call": .object(item.without("type", "call_id", "name", "arguments", "status"))]
        if let reasoning { data["after"] = .string(reasoning) }
        let block = ModelBlock(
            .toolUse(toolID, name: name, input: input), providerData: id.isEmpty ? nil : own(.object(data)))
        ends = [.blockEnded(index: firstIndex, block)]
        return parts
    }
}

extension JSONObject {
    fileprivate func without(_ keys: String...) -> JSONObject {
        JSONObject(members.filter { !keys.contains($0.key) })
    }
}
