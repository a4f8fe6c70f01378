import BassiProcess

/// The variables of an environment that hold secrets: those that no child process gets.
public enum SecretVariables {
    /// Their names and values, in the order of the names.
    public static func all(in environment: [String: String]) -> [(name: String, value: String)] {
        let harmless = ChildEnvironment.scrubbed(environment)
        return environment.filter { harmless[$0.key] == nil }.sorted { $0.key < $1.key }.map {
            (name: $0.key, value: $0.value)
        }
    }
}
