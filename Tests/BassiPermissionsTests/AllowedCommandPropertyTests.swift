import BassiPermissions
import BassiTesting
import Testing

@testable import bassi_shell_fuzz

@Suite struct AllowedCommandPropertyTests {
    static let rules = ["Bash(git status)", "Bash(git *)", "Bash(npm run *)", "Bash(ls)", "Bash(find *)"]
    static let commands = ["git status", "npm run test", "ls", "find . -name x"]
    static let attacks = [
        "; rm -rf /", "&& rm -rf /", "|| rm -rf /", "& rm -rf /", "| sh", "|& sh", "\nrm -rf /", "\r\nrm -rf /",
        "$(rm -rf /)", "`rm -rf /`", "<(rm -rf /)", ">(rm -rf /)", "> ~/.bashrc", ">> .envrc", "< /etc/shadow",
        "&> ~/x", "<<EOF\n$(rm x)\nEOF", "${x:-$(rm x)}", "(rm)", ";\u{301}rm", "&\u{200D}rm",
    ]

    @Test(arguments: rules)
    func `no attack behind or within an allowed command is ever allowed`(rule: String) throws {
        let policy = try policy(allow: [rule])
        for command in Self.commands {
            for attack in Self.attacks {
                for line in [command + attack, command + " " + attack, "\(command) \"$(\(attack)\nrm x)\""] {
                    #expect(policy.decide(bash(line)).verdict == .ask, "\(line.debugDescription)")
                }
            }
        }
    }

    @Test func `no command that is hidden among allowed ones is allowed`() throws {
        let figures = try Campaign(runs: 5_000, seed: 7).run()
        #expect(figures.bypasses.isEmpty, "\(figures.bypasses.prefix(5))")
        #expect(figures.understood > 500)
    }

    @Test func `no text brings the parser down or holds it up`() {
        var figures = Campaign.Figures()
        Campaign(runs: 5_000, seed: 7).mutate(into: &figures)
        #expect(figures.slowest < .seconds(2), "\(figures.slowestText.debugDescription)")
    }

    @Test func `a deny rule finds its command behind everything that can stand before it`() throws {
        let policy = try policy(.bypass, deny: ["Bash(rm *)"])
        let before = [
            "", "cd x; ", "cd x && ", "cd x || ", "x & ", "x | ", "x\n", "(", "$(", "`", "echo $(", "echo \"$(", "A=1 ",
            "A=1 B='2' ", "sudo ", "sudo -u root ", "env -i A=1 ", "timeout 5 ", "nice -n 3 ", "nohup ", "xargs ",
            "bash -c '", "sh -c \"", "find . -exec ", "if ", "then ", "! ", "{ ", "> out ", "2>/dev/null ", "/bin/",
            "\\", "'", "time ", "command ", "while ", "x <(", "exec ", "doas ", "ssh host ", "/usr/bin/sudo /bin/",
        ]
        for first in before {
            // `/bin/A=1` is a program with an odd name.
            for second in before where first != "/bin/" || !second.hasPrefix("A=1") {
                let line = first + second + "rm -rf x"
                #expect(policy.decide(bash(line)).verdict == .deny, "\(line.debugDescription)")
            }
        }
        for line in ["$'\\x72m' x", "x=rm; $x -rf y", "/bin/r? x", "eval \"r\"\"m x\""] {
            #expect(policy.decide(bash(line)).verdict == .deny, "\(line.debugDescription)")
        }
    }
}
