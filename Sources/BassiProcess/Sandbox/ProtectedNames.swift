/// Names of files that start programs or say what may be done: what writes to them does more than it seems to.
public enum ProtectedNames {
    /// In a session's folder. Those of git are in ``ofGit``.
    public static let inFolder = [".bassi", ".claude", ".mcp.json", ".envrc"]

    /// In a git folder: what names programs that git runs, and where it looks for them.
    public static let ofGit = ["hooks", "config", "config.worktree", "modules", "commondir"]

    /// In the person's home folder: what runs when a person logs in or opens a shell, and what tells programs which
    /// programs to run.
    public static let inHome = [
        ".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".zshrc", ".zshenv",
        ".zprofile", ".zlogin", ".zlogout", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc", ".login", ".logout", ".inputrc",
        ".config/fish", ".config/environment.d", ".config/autostart", ".config/systemd", ".config/bassi", ".config/git",
        ".xprofile", ".xinitrc", ".xsession", ".xsessionrc", ".pam_environment", ".gitconfig", ".ssh", ".claude.json",
    ]
}
