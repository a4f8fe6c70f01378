import BassiEvents

/// A block of an answer while it arrives. What grows grows in place: an answer has tens of thousands of deltas.
struct AnthropicBlock {
    private enum Kind {
        case text
        case thinking
        case toolUse(ToolID, name: String)
        case opaque
    }

    let index: Int
    private let kind: Kind
    /// As it began.
    private let start: JSONValue
    /// The text, the thought, or the JSON of the input.
    private var text = ""
    private var signature = ""
    private var citations: [JSONValue] = []

    init(_ start: JSONValue, at index: Int) {
        self.index = index
        self.start = start
        switch start["type"]?.string {
        case "text":
            kind = .text
            text = start["text"]?.string ?? ""
            citations = start["citations"]?.array ?? []
        case "thinking":
            kind = .thinking
            text = start["thinking"]?.string ?? ""
            signature = start["signature"]?.string ?? ""
        case "tool_use":
            let id = start["id"]?.string ?? ""
            kind = .toolUse(id.isEmpty ? .made() : ToolID(id), name: start["name"]?.string ?? "")
        default: kind = .opaque
        }
    }

    var isToolUse: Bool { if case .toolUse = kind { true } else { false } }

    /// Its beginning, with what it has of a text already.
    var begun: [ModelPart] {
        let start: BlockStart =
            switch kind {
            case .text: .text
            case .thinking: .thinking
            case .toolUse(let id, let name): .toolUse(id, name: name)
            case .opaque: .opaque
            }
        return [.blockStarted(index: index, start)] + (text.isEmpty ? [] : [.delta(index: index, text)])
    }

    /// Takes a delta; a kind of delta that does not belong here is passed over, as what is new must be.
    mutating func extend(by delta: JSONValue) -> [ModelPart] {
        switch (kind, delta["type"]?.string) {
        case (.text, "text_delta"): return grow(by: delta["text"])
        case (.thinking, "thinking_delta"): return grow(by: delta["thinking"])
        case (.toolUse, "input_json_delta"): return grow(by: delta["partial_json"])
        case (.opaque, "input_json_delta"): text += delta["partial_json"]?.string ?? ""
        case (.text, "citations_delta"): if let citation = delta["citation"] { citations.append(citation) }
        case (.thinking, "signature_delta"): signature += delta["signature"]?.string ?? ""
        default: break
        }
        return []
    }

    private mutating func grow(by piece: JSONValue?) -> [ModelPart] {
        guard let more = piece?.string, !more.isEmpty else { return [] }
        text += more
        return [.delta(index: index, more)]
    }

    /// The whole block. `own` marks what its provider wants back.
    func ended(own: (JSONValue) -> ProviderData) -> ModelBlock {
        switch kind {
        case .text:
            return ModelBlock(
                .text(text), providerData: citations.isEmpty ? nil : own(["citations": .array(citations)]))
        case .thinking:
            return ModelBlock(
                .thinking(text), providerData: signature.isEmpty ? nil : own(["signature": .string(signature)]))
        case .toolUse(let id, let name):
            let input = text.isBlank ? .object(start["input"]?.object ?? [:]) : Self.parsed(text)
            return ModelBlock(.toolUse(id, name: name, input: input))
        case .opaque:
            var object = start.object ?? [:]
            if !text.isBlank { object["input"] = Self.parsed(text) }
            return ModelBlock(.opaque, providerData: own(.object(object)))
        }
    }

    /// An input that is no JSON stays the text that came.
    private static func parsed(_ input: String) -> JSONValue { (try? JSONParser.parse(input)) ?? .string(input) }
}
