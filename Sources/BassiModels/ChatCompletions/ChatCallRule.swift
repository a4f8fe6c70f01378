import BassiEvents

/// What a service asks of the tool calls in a conversation, so that it also takes those that another model made.
enum ChatCallRule: Sendable, Equatable {
    /// Nothing.
    case none
    /// DeepSeek: a message with calls has this field, be it empty.
    case reasoning(field: String)
    /// Mistral: ids are nine letters and digits.
    case shortIDs
    /// Gemini: the first call of a message has a signature, or the word that says that there is none.
    case signature

    init(provider: String) {
        switch provider {
        case "deepseek": self = .reasoning(field: "reasoning_content")
        case "mistral": self = .shortIDs
        case "gemini": self = .signature
        default: self = .none
        }
    }

    /// What stands in for a signature that nobody gave.
    var placeholder: JSONValue? {
        guard self == .signature else { return nil }
        return ["google": ["thought_signature": "skip_thought_signature_validator"]]
    }

    /// The id as the service takes it: the same for a call and its result.
    func wireID(_ id: ToolID) -> String {
        let text = id.rawValue
        guard self == .shortIDs, !Self.isShort(text) else { return text }
        // The nine lowest digits to the base of 36.
        let digits = String(text.stableHash % 101_559_956_668_416, radix: 36)
        return String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }

    private static func isShort(_ id: String) -> Bool {
        id.utf8.count == 9 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
