/// A value that knows its place in an event: how it is written as JSON and read back.
public protocol JSONCodable: Sendable {
    /// Writes the value.
    func write(to json: inout JSONWriter)
    /// Reads the value, or returns nil if `json` is of another kind.
    init?(json: JSONValue)
    /// What a reader expected, for the error message: `string`, `integer`, `one of "stdout", "stderr"`.
    static var expectation: String { get }
}

/// Writes the members of one JSON object, in the order of the calls. Nothing is written for nil.
public struct FieldWriter {
    var json: JSONWriter
    private var isFirst = true

    init(json: JSONWriter = JSONWriter()) { self.json = json }

    /// Writes `"key":value`. `key` is a literal of plain ASCII and is copied as it stands.
    public mutating func callAsFunction(_ key: StaticString, _ value: some JSONCodable) {
        begin(key)
        value.write(to: &json)
    }

    /// Writes `"key":value`, or nothing for nil.
    public mutating func callAsFunction(_ key: StaticString, _ value: (some JSONCodable)?) {
        if let value { self(key, value) }
    }

    /// Writes `"key":value`, or `"key":null` for nil: where an absent key and an unknown value differ.
    public mutating func orNull(_ key: StaticString, _ value: (some JSONCodable)?) {
        if let value { return self(key, value) }
        begin(key)
        json.raw("null")
    }

    /// Writes `"key":"word"` for a word that needs no escapes.
    mutating func word(_ key: StaticString, _ word: StaticString) {
        begin(key)
        json.raw("\"")
        json.raw(word)
        json.raw("\"")
    }

    /// Writes `"key":[…]`.
    public mutating func callAsFunction(_ key: StaticString, _ values: [some JSONCodable]) {
        begin(key)
        json.writeArray(values) { $1.write(to: &$0) }
    }

    private mutating func begin(_ key: StaticString) {
        if !isFirst { json.raw(",") }
        isFirst = false
        json.raw("\"")
        json.raw(key)
        json.raw("\":")
    }
}

/// Reads the members of one JSON object; an error names the field by its whole path.
public struct FieldReader {
    let object: JSONObject
    let path: String

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// The value of `key`.
    ///
    /// - Throws: ``FieldError`` when it is missing or of another kind.
    public func callAsFunction<Value: JSONCodable>(_ key: String, as type: Value.Type = Value.self)
        throws -> Value
    {
        guard let json = object[key] else {
            throw FieldError(field: path + key, problem: .missing(Value.expectation))
        }
        return try convert(json, key)
    }

    /// The value of `key`, or nil when it is absent or null.
    public func optional<Value: JSONCodable>(_ key: String, as type: Value.Type = Value.self) throws
        -> Value?
    {
        guard let json = object[key], !json.isNull else { return nil }
        return try convert(json, key)
    }

    /// The elements of the array at `key`; an absent array is an empty one.
    public func array<Value: JSONCodable>(_ key: String, of type: Value.Type = Value.self) throws
        -> [Value]
    {
        guard let json = object[key] else { return [] }
        guard let elements = json.array else { throw mismatch(key, "array", json) }
        return try elements.enumerated().map { try convert($1, "\(key)[\($0)]") }
    }

    private func convert<Value: JSONCodable>(_ json: JSONValue, _ key: String) throws -> Value {
        if let record = Value.self as? any JSONRecord.Type, let object = json.object {
            let reader = FieldReader(object, path: "\(path)\(key).")
            if let value = try record.init(from: reader) as? Value { return value }
        }
        guard let value = Value(json: json) else { throw mismatch(key, Value.expectation, json) }
        return value
    }

    private func mismatch(_ key: String, _ expected: String, _ json: JSONValue) -> FieldError {
        FieldError(field: path + key, problem: .mismatch(expected: expected, found: json))
    }
}

/// A field of an event that is not what its type says.
public struct FieldError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Problem: Sendable, Equatable {
        /// The field is not there; the text says what it should be.
        case missing(String)
        /// The field is of another kind or not among the allowed values.
        case mismatch(expected: String, found: JSONValue)
    }

    /// The path of the field, such as `usage.input_tokens`.
    public let field: String
    /// What is wrong with it.
    public let problem: Problem

    /// One sentence for a person.
    public var description: String {
        switch problem {
        case .missing(let expected): "field '\(field)' is missing (\(expected) expected)"
        case .mismatch(let expected, let found):
            "field '\(field)' is \(found.string.map { "\"\($0)\"" } ?? found.kindName), but \(expected) was expected"
        }
    }
}

/// A small structure inside an event, written as a JSON object of its own.
public protocol JSONRecord: JSONCodable, Equatable {
    /// Writes the members.
    func write(to fields: inout FieldWriter)
    /// Reads the members.
    init(from fields: FieldReader) throws
}

extension JSONRecord {
    /// Every record is an object.
    public static var expectation: String { "object" }

    /// Writes the record with its braces.
    public func write(to json: inout JSONWriter) {
        json.raw("{")
        var fields = FieldWriter(json: json)
        write(to: &fields)
        json = fields.json
        json.raw("}")
    }

    /// The record as a value, an object.
    public var jsonValue: JSONValue {
        var json = JSONWriter()
        write(to: &json)
        return (try? JSONParser.parse(json.bytes)) ?? .null
    }

    /// Reads a record; ``FieldReader`` is the way that keeps the field's name in the error.
    public init?(json: JSONValue) {
        guard let object = json.object, let value = try? Self(from: FieldReader(object)) else {
            return nil
        }
        self = value
    }
}

/// An enumeration written as its raw string; an error lists the words that are allowed.
public protocol JSONWord: JSONCodable, RawRepresentable, CaseIterable, Equatable
where RawValue == String {}

extension JSONWord {
    /// The allowed words.
    public static var expectation: String {
        "one of " + allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }
    /// Writes the word.
    public func write(to json: inout JSONWriter) { json.write(rawValue) }
    /// Reads one of the words.
    public init?(json: JSONValue) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }
}

extension String: JSONCodable {
    /// A string.
    public static var expectation: String { "string" }
    /// Writes the string.
    public func write(to json: inout JSONWriter) { json.write(self) }
    /// Reads a string.
    public init?(json: JSONValue) {
        guard let value = json.string else { return nil }
        self = value
    }
}

extension Bool: JSONCodable {
    /// A boolean.
    public static var expectation: String { "boolean" }
    /// Writes the boolean.
    public func write(to json: inout JSONWriter) { json.write(self) }
    /// Reads a boolean.
    public init?(json: JSONValue) {
        guard let value = json.bool else { return nil }
        self = value
    }
}

extension Int: JSONCodable {
    /// An integer.
    public static var expectation: String { "integer" }
    /// Writes the integer.
    public func write(to json: inout JSONWriter) { json.write(self) }
    /// Reads an integer.
    public init?(json: JSONValue) {
        guard let value = json.int64 else { return nil }
        self.init(exactly: value)
    }
}

extension JSONValue: JSONCodable {
    /// Anything.
    public static var expectation: String { "any value" }
    /// Writes the value.
    public func write(to json: inout JSONWriter) { json.write(self) }
    /// Takes the value as it is.
    public init?(json: JSONValue) { self = json }
}
