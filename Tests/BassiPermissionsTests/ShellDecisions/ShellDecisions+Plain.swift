extension ShellDecisions {
    static let plain = Group(
        "plain commands that a rule names",
        allowed: [
            "git status",
            "git log -5",
            "git log --oneline main",
            "swift build",
            "swift build -c release",
            "swift test --filter A",
            "npm run test",
            "npm run lint -- --fix",
            "make",
            "git add src/a.swift",
            "git add .",
            "git commit -m 'a b'",
            "git commit -m \"a; b\"",
            "git log --format='%h %s'",
        ],
        asked: [
            "git push",
            "make install",
            "npm install",
            "swift package reset",
            "swiftc x",
            "gitx status",
            "./git status",
            "git --exec-path=/tmp status",
            "mk",
            "cargo build",
        ],
        denied: [
            "rm x",
            "rm -rf /",
            "sudo ls",
            "curl example.org",
        ])
}
