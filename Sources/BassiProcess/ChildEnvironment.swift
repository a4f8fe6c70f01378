/// What of the program's environment a child may see.
public enum ChildEnvironment {
    /// Without the variables that hold secrets by their name: `*_API_KEY`, `*_TOKEN`, `*_SECRET`, whatever contains
    /// `PASSWORD`, and `BASSI_LOG_KEY_FILE`. The case of letters does not count.
    ///
    /// A secret under another name stays: a sandbox with an environment of its own is the stronger tool.
    public static func scrubbed(_ environment: [String: String]) -> [String: String] {
        environment.filter { !isSecret($0.key) }
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        let endings = ["_API_KEY", "_TOKEN", "_SECRET"]
        return name == "BASSI_LOG_KEY_FILE" || name.contains("PASSWORD") || endings.contains(where: name.hasSuffix)
    }
}
