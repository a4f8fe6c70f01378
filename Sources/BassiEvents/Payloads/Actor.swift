/// Who did something: a person, or the program on its own account.
public struct Actor: JSONRecord {
    /// What kind.
    public let kind: ActorKind
    /// The client through which it came.
    public let client: String?

    /// A value with these members.
    public init(kind: ActorKind, client: String? = nil) {
        self.kind = kind
        self.client = client
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("kind", kind)
        fields("client", client)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        kind = try fields("kind")
        client = try fields.optional("client")
    }
}

/// Who decides or acts.
public enum ActorKind: String, JSONWord {
    /// A person.
    case user
    /// A permission rule.
    case rule
    /// The permission mode.
    case mode
    /// A hook.
    case hook
    /// A deadline that passed.
    case timeout
    /// The program itself.
    case system
}
