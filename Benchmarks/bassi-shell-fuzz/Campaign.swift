import BassiPermissions

/// Looks for commands that are allowed and must not be.
struct Campaign {
    let runs: Int
    let seed: UInt64

    /// What was found.
    struct Figures {
        var runs = 0
        var asked = 0
        var understood = 0
        var denied = 0
        var bypasses: [String] = []
        var slowest = Duration.zero
        var slowestText = ""
    }

    /// Judges so many scripts with a hidden command, and as many mutations.
    func run() throws -> Figures {
        let folder = "/bassi-fuzz/site"
        let policy = PermissionPolicy(
            mode: .acceptEdits, rules: try RuleSet(allow: HiddenCommands.allow, source: nil), folder: folder,
            home: "/bassi-fuzz")
        var figures = Figures()
        var scripts = HiddenCommands(seed: seed)
        for _ in 0..<runs {
            let text = scripts.next()
            figures.runs += 1
            if policy.decide(ToolCallRequest(bash: text)).verdict == .allow {
                if figures.bypasses.count < 50 { figures.bypasses.append(text) }
            } else {
                figures.asked += 1
            }
            if ShellScript(text).isUnderstood { figures.understood += 1 }
        }
        return figures
    }

    /// Reads so many texts that are no scripts, and remembers the slowest.
    func mutate(into figures: inout Figures) {
        var mutations = Mutations(seed: seed)
        let clock = ContinuousClock()
        for _ in 0..<runs {
            let text = mutations.next()
            let time = clock.measure { _ = ShellScript(text) }
            if time > figures.slowest { (figures.slowest, figures.slowestText) = (time, text) }
        }
    }

    /// How long the parser takes for texts of about this many bytes: the best of some.
    static func time(of text: String) -> Duration {
        let clock = ContinuousClock()
        return (0..<20).map { _ in clock.measure { _ = ShellScript(text) } }.min() ?? .zero
    }
}
