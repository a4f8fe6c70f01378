/// The environment of a confined command.
enum SandboxEnvironment {
    /// Without secrets, by more names than outside a sandbox, and without what leads to sockets of the machine.
    static func filtered(_ environment: [String: String]) -> [String: String] {
        var kept = ChildEnvironment.scrubbed(environment).filter { name, value in
            let name = name.uppercased()
            return !hasPassword(value) && !sockets.contains(name) && !name.hasPrefix("DBUS_")
                && !name.hasPrefix("BASSI_")
                && !secretParts.contains(where: name.contains) && !secretEndings.contains(where: name.hasSuffix)
        }
        for name in ["TMPDIR", "TMP", "TEMP"] where kept[name] != nil { kept[name] = "/tmp" }
        return kept
    }

    private static let sockets: Set<String> = [
        "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY",
        "XAUTHORITY", "ICEAUTHORITY", "SESSION_MANAGER", "DOCKER_HOST", "CONTAINER_HOST", "TMUX", "STY", "PULSE_SERVER",
        "NOTIFY_SOCKET", "JOURNAL_STREAM", "INVOCATION_ID", "GNOME_KEYRING_CONTROL", "VSCODE_IPC_HOOK",
        "VSCODE_IPC_HOOK_CLI", "VSCODE_GIT_IPC_HANDLE", "KUBECONFIG", "SUDO_ASKPASS", "SSH_ASKPASS", "GIT_ASKPASS",
    ]

    private static let secretParts = ["SECRET", "PASSWD", "PASSPHRASE", "CREDENTIAL", "PRIVATE_KEY", "_TOKEN_"]

    private static let secretEndings = ["_KEY", "_PAT", "_AUTH", "_DSN", "_PASS", "_PWD", "TOKEN"]

    /// `postgres://user:password@host`, whatever the variable is called.
    private static func hasPassword(_ value: String) -> Bool {
        guard let scheme = value.range(of: "://") else { return false }
        let authority = value[scheme.upperBound...].prefix { !"/?# ".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}
