/// Who may import whom, of our own modules. The same table, with the reasons, is in docs/architecture.md.
enum Layers {
    static let allowed: [String: Set<String>] = [
        "BassiEvents": [],
        "BassiStore": ["BassiEvents"],
        "BassiSQLite": ["BassiEvents", "BassiStore", "CSQLite"],
        "BassiModels": ["BassiEvents"],
        "BassiProcess": ["CBassiProcess"],
        "BassiPermissions": ["BassiEvents", "BassiProcess"],
        "BassiTools": ["BassiEvents", "BassiPermissions", "BassiProcess"],
        "BassiWeb": ["BassiEvents", "BassiModels", "BassiPermissions", "BassiTools"],
        "BassiSession": ["BassiEvents", "BassiStore", "BassiModels", "BassiPermissions", "BassiTools"],
        "BassiWorkspace": [
            "BassiEvents", "BassiStore", "BassiModels", "BassiProcess", "BassiPermissions", "BassiTools",
            "BassiWeb", "BassiSession",
        ],
        "BassiTesting": libraries.subtracting(["BassiTesting"]),
        "bassi": libraries,
    ]

    static let libraries: Set<String> = [
        "BassiEvents", "BassiStore", "BassiSQLite", "BassiModels", "BassiProcess", "BassiPermissions", "BassiTools",
        "BassiWeb", "BassiSession", "BassiWorkspace", "BassiTesting",
    ]

    static func complaint(of target: String, importing name: String) -> String? {
        guard let allowed = allowed[target] else {
            return "\(target) has no row in the table of imports (Tests/TidyTests/Layers.swift)"
        }
        let isOurs = name.hasPrefix("Bassi") || name == "bassi" || name == "CSQLite" || name == "CBassiProcess"
        guard isOurs, !allowed.contains(name) else { return nil }
        return "\(target) may not import \(name): see the table in docs/architecture.md"
    }
}
