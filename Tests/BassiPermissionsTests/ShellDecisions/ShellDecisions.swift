/// Shell commands and what is said of each under the rules of ``ShellDecisionTests``.
enum ShellDecisions {
    struct Group: Sendable, CustomStringConvertible {
        let description: String
        let allowed: [String]
        let asked: [String]
        let denied: [String]

        init(_ description: String, allowed: [String], asked: [String], denied: [String]) {
            self.description = description
            self.allowed = allowed
            self.asked = asked
            self.denied = denied
        }
    }

    static let groups = [plain, reading, several, wrapped, named]
}
