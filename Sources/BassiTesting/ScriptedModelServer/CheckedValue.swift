import BassiEvents

/// A value of a request and its place in it; what is wrong with it is said as the service says it.
struct CheckedValue {
    /// The two ways to write a place and its faults.
    enum Manner { case anthropic, chat }

    let manner: Manner
    /// `messages.0.content` or `messages[0].content`; empty for the whole body.
    let path: String
    let value: JSONValue

    /// The place of a member.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The member; an absent one and null are nil.
    func optional(_ key: String) -> CheckedValue? {
        guard let member = value[key], !member.isNull else { return nil }
        return CheckedValue(manner: manner, path: path(of: key), value: member)
    }

    /// The member, which must be there; null is here as null.
    func required(_ key: String) throws(RequestRefusal) -> CheckedValue {
        if let member = value[key] { return CheckedValue(manner: manner, path: path(of: key), value: member) }
        let place = path(of: key)
        switch manner {
        case .anthropic: throw RequestRefusal("\(place): Field required")
        case .chat:
            throw RequestRefusal(
                "Missing required parameter: '\(place)'.", param: place, code: "missing_required_parameter")
        }
    }

    /// A refusal of this value: `place: sentence`, or the sentence with the place as its parameter.
    func refusal(_ sentence: String, code: String? = nil) -> RequestRefusal {
        switch manner {
        case .anthropic: RequestRefusal(path.isEmpty ? sentence : "\(path): \(sentence)")
        case .chat: RequestRefusal(sentence, param: path, code: code)
        }
    }

    private func mismatch(_ anthropic: String, _ chat: String) -> RequestRefusal {
        switch manner {
        case .anthropic: refusal("Input should be a valid \(anthropic)")
        case .chat:
            refusal(
                "Invalid type for '\(path)': expected \(chat), but got \(value.wordWithArticle) instead.",
                code: "invalid_type")
        }
    }

    func string() throws(RequestRefusal) -> String {
        guard let string = value.string else { throw mismatch("string", "a string") }
        return string
    }

    func integer() throws(RequestRefusal) -> Int64 {
        guard let integer = value.int64 else { throw mismatch("integer", "an integer") }
        return integer
    }

    func bool() throws(RequestRefusal) -> Bool {
        guard let bool = value.bool else { throw mismatch("boolean", "a boolean") }
        return bool
    }

    func object() throws(RequestRefusal) -> JSONObject {
        guard let object = value.object else { throw mismatch("dictionary", "an object") }
        return object
    }

    func array() throws(RequestRefusal) -> [CheckedValue] {
        guard let elements = value.array else { throw mismatch("list", "an array") }
        return elements.enumerated().map { index, element in
            let path = manner == .anthropic ? "\(path).\(index)" : "\(path)[\(index)]"
            return CheckedValue(manner: manner, path: path, value: element)
        }
    }

    /// One of these words.
    func word(of words: [String]) throws(RequestRefusal) -> String {
        let word = try string()
        if words.contains(word) { return word }
        let quoted = words.map { "'\($0)'" }
        let list = quoted.dropLast().joined(separator: ", ")
        switch manner {
        case .anthropic:
            let and = quoted.count > 1 ? "\(list) or \(quoted[quoted.count - 1])" : quoted.joined()
            throw refusal("Input should be \(and)")
        case .chat:
            let and = quoted.count > 1 ? "\(list), and \(quoted[quoted.count - 1])" : quoted.joined()
            throw refusal("Invalid value: '\(word)'. Supported values are: \(and).", code: "invalid_value")
        }
    }

    /// No members but these.
    func only(_ keys: Set<String>) throws(RequestRefusal) {
        guard let stranger = try object().members.first(where: { !keys.contains($0.key) }) else { return }
        let place = path(of: stranger.key)
        switch manner {
        case .anthropic: throw RequestRefusal("\(place): Extra inputs are not permitted")
        case .chat: throw RequestRefusal("Unknown parameter: '\(place)'.", param: place, code: "unknown_parameter")
        }
    }
}

extension String {
    /// Whether it is letters, digits, `_` and `-` of ASCII only, and at least one.
    var isPlainName: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension JSONValue {
    fileprivate var wordWithArticle: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
