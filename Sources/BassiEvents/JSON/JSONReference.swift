extension JSONValue {
    /// What a reference inside this document names, `#/$defs/NAME`; nil where there is nothing.
    package func definition(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        return reference.dropFirst().split(separator: "/").reduce(Optional(self)) { part, key in
            part?[String(key).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
    }
}
