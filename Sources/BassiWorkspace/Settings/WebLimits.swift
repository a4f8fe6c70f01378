import BassiWeb

/// What `web_fetch` may reach and take: the key `limits.web`.
///
/// Only the person's own settings are asked for it: what a folder brings can never open a way into the person's network.
enum WebLimits {
    /// Reads the key over what was said before.
    ///
    /// - Throws: ``SettingsError``.
    static func read(_ node: SettingsNode, into web: inout WebSettings) throws(SettingsError) {
        for (key, value) in try node.members(known: ["allow", "timeout", "body_mb"]) {
            switch key {
            case "allow": web.allowed = try places(value)
            case "timeout": web.timeout = .seconds(try number(value, atMost: 600))
            default: web.bodyBytesMax = try number(value, atMost: 64) << 20
            }
        }
    }

    private static func places(_ node: SettingsNode) throws(SettingsError) -> [AllowedPlace] {
        var places: [AllowedPlace] = []
        for element in try node.elements("a list of hosts and addresses") {
            let text = try element.string()
            guard let place = AllowedPlace(text) else {
                throw element.problem(
                    "'\(element.key)' is '\(text)', but a place was expected, such as localhost:8000, *.corp.example, "
                        + "10.1.2.3 or 10.0.0.0/8")
            }
            places.append(place)
        }
        return places
    }

    private static func number(_ node: SettingsNode, atMost maximum: Int) throws(SettingsError) -> Int {
        let value = try node.positiveInt()
        guard value <= maximum else { throw node.problem("'\(node.key)' is \(value), but at most \(maximum) is taken") }
        return value
    }
}
