/// A JSON value that comes out as it went in: objects keep the order of their keys, numbers keep their text.
///
/// Prompt-cache prefixes, provider signatures and the hash chain depend on bytes. A Swift dictionary changes its
/// order in each process and `Double` turns `1.0` into `1`; this type does neither.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A JSON number as its text. `1.0`, `1` and `1e0` are three different values here.
public struct JSONNumber: Sendable, Equatable {
    /// The digits as they were written.
    public let text: String

    init(uncheckedText text: String) { self.text = text }

    /// The number for an integer.
    public init(_ value: some FixedWidthInteger) { text = String(value) }

    /// The shortest text that reads back as the same double, or nil for NaN and the infinities, which JSON lacks.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = "\(value)"
    }

    /// The value as an integer, if the text is one and fits.
    public var int64: Int64? { Int64(text) }

    /// The nearest double.
    public var double: Double? { Double(text) }
}

/// A JSON object: its members in the order in which they were written.
///
/// Look-ups are linear: the objects of this project are small, and order matters more than speed.
public struct JSONObject: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key, unescaped.
        public let key: String
        /// The value.
        public let value: JSONValue

        /// A member of an object.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members in order. A key that came twice is here twice; `subscript` finds the last, as most readers do.
    public private(set) var members: [Member]

    /// An object with these members.
    public init(_ members: [Member] = []) { self.members = members }

    /// The value of the last member with this key. Setting replaces it in place, appends it, or with nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { members.last { $0.key == key }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.key == key } }
            let member = Member(key: key, value: newValue)
            guard let index = members.lastIndex(where: { $0.key == key }) else {
                return members.append(member)
            }
            members[index] = member
        }
    }
}

extension JSONValue {
    /// The string, if this is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The boolean, if this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The number as an integer, if this is a number, whole, and fits.
    public var int64: Int64? { if case .number(let value) = self { value.int64 } else { nil } }
    /// The number as the nearest double, if this is a number.
    public var double: Double? { if case .number(let value) = self { value.double } else { nil } }
    /// The elements, if this is an array.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The object, if this is one.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }
    /// The member of an object; nil for every other kind of value.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// A key that one object, here or within, has twice; nil when there is none. Readers differ in which of the two counts.
    public var repeatedKey: String? {
        switch self {
        case .null, .bool, .number, .string: return nil
        case .array(let elements): return elements.lazy.compactMap(\.repeatedKey).first
        case .object(let object):
            var seen: Set<String> = []
            for member in object.members where !seen.insert(member.key).inserted { return member.key }
            return object.members.lazy.compactMap(\.value.repeatedKey).first
        }
    }

    /// The word that error messages use for this kind of value.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object with its members in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
    }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object with its members in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
