/// The payload of one type of event: its members stand beside the envelope's in the same flat JSON object.
public protocol EventFields: Sendable, Equatable {
    /// The event's type, `snake_case`.
    static var type: StaticString { get }
    /// Writes the members in their fixed order.
    func write(to fields: inout FieldWriter)
    /// Reads the members.
    ///
    /// - Throws: ``FieldError`` for a missing or ill-typed member.
    init(from fields: FieldReader) throws
}

extension EventPayload {
    /// The event's type, `snake_case`.
    public var type: String {
        if case .unknown(let payload) = self { return payload.type }
        return fields.map { Swift.type(of: $0).type.description } ?? ""
    }

    /// Whether this is only for watching: a later event holds the whole, so it may be joined, skipped and dropped.
    public var isDelta: Bool {
        switch self {
        case .tokenDelta, .toolOutputDelta: true
        default: false
        }
    }

    /// Whether this is the end of a run.
    public var endsRun: Bool {
        switch self {
        case .runCompleted, .runCancelled: true
        default: false
        }
    }

    /// The payload's members as canonical JSON without the braces.
    public var encoded: [UInt8] {
        if case .unknown(let payload) = self { return payload.rawJSON }
        var writer = FieldWriter()
        fields?.write(to: &writer)
        return writer.json.bytes
    }
}
