/// An identifier that is a UUID of version 7: it sorts by the time at which it was made.
public protocol UUIDIdentifier: JSONCodable, Hashable, Comparable, CustomStringConvertible {
    /// The 128 bits.
    var uuid: UUIDv7 { get }
    /// An identifier from its bits.
    init(_ uuid: UUIDv7)
}

extension UUIDIdentifier {
    /// A fresh identifier.
    public init() { self.init(UUIDv7()) }
    /// The identifier in a text such as `018f4b1e-…`, or nil if it is no UUID.
    public init?(_ text: String) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.init(uuid)
    }
    /// A UUID.
    public static var expectation: String { "UUID" }
    /// The UUID in lower case with hyphens.
    public var description: String { uuid.description }
    /// By the time at which it was made.
    public static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
    /// Writes the UUID.
    public func write(to json: inout JSONWriter) { uuid.write(to: &json) }
    /// Reads a UUID.
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }
}

/// One event.
public struct EventID: UUIDIdentifier {
    /// The 128 bits.
    public let uuid: UUIDv7
    /// An identifier from its bits.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// One session: one log.
public struct SessionID: UUIDIdentifier {
    /// The 128 bits.
    public let uuid: UUIDv7
    /// An identifier from its bits.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// One run: a prompt to its end.
public struct RunID: UUIDIdentifier {
    /// The 128 bits.
    public let uuid: UUIDv7
    /// An identifier from its bits.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// An identifier that somebody else chose, or that is unique in its session only: any text.
public protocol TextIdentifier: JSONCodable, Hashable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The text.
    var rawValue: String { get }
    /// An identifier from its text.
    init(_ rawValue: String)
}

extension TextIdentifier {
    /// A string.
    public static var expectation: String { "string" }
    /// The text itself.
    public var description: String { rawValue }
    /// An identifier from a literal.
    public init(stringLiteral value: String) { self.init(value) }
    /// Writes the text.
    public func write(to json: inout JSONWriter) { json.write(rawValue) }
    /// Reads the text.
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }
}

/// One block of a message: text, thinking or a tool call.
public struct BlockID: TextIdentifier {
    /// The text.
    public let rawValue: String
    /// An identifier from its text.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One tool call, named by the model: `toolu_…`, `call_…`, or whatever a provider sends.
public struct ToolID: TextIdentifier {
    /// The text.
    public let rawValue: String
    /// An identifier from its text.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One question to a person: a permission or a question of the model.
public struct RequestID: TextIdentifier {
    /// The text.
    public let rawValue: String
    /// An identifier from its text.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One message of the model.
public struct MessageID: TextIdentifier {
    /// The text.
    public let rawValue: String
    /// An identifier from its text.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The position of an event in its session: 1, 2, 3 …, set by the store alone. 0 is the place before the first.
public struct SequenceNumber: JSONCodable, Hashable, Comparable, CustomStringConvertible,
    ExpressibleByIntegerLiteral
{
    /// The position.
    public let rawValue: Int64
    /// A position.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// A position.
    public init(integerLiteral value: Int64) { rawValue = value }
    /// The place before the first event.
    public static let start: SequenceNumber = 0
    /// The position after this one.
    public var next: SequenceNumber { SequenceNumber(rawValue + 1) }
    /// The position before it.
    public var previous: SequenceNumber { SequenceNumber(rawValue - 1) }
    /// The digits.
    public var description: String { String(rawValue) }
    /// By position.
    public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool { left.rawValue < right.rawValue }
    /// An integer.
    public static var expectation: String { "integer" }
    /// Writes the position.
    public func write(to json: inout JSONWriter) { json.write(rawValue) }
    /// Reads a position.
    public init?(json: JSONValue) {
        guard let value = json.int64 else { return nil }
        self.init(value)
    }
}
