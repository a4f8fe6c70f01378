extension ShellWord {
    /// Whether it begins with text that is no option.
    var beginsPlainly: Bool {
        guard !hasBraces, case .text(let text) = parts.first, let first = text.first else {
            return literal?.isEmpty ?? false
        }
        return first != UInt8(ascii: "-")
    }

    /// Whether each word that it can become begins as it does.
    var staysOneOrMore: Bool {
        !hasBraces && parts.allSatisfy { if case .expansion(_, true) = $0 { false } else { true } }
    }
}

extension [UInt8] {
    /// Where these bytes stand first.
    func firstIndex(ofAll other: [UInt8]) -> Int? {
        guard !other.isEmpty, other.count <= count else { return nil }
        return (0...(count - other.count)).first { self[$0...].starts(with: other) }
    }
}
