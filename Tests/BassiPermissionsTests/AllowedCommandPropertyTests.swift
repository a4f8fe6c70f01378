import BassiPermissions
import BassiTesting
import Testing

@Suite struct AllowedCommandPropertyTests {
    static let rules = [
        "Bash(git status)", "Bash(git *)", "Bash(npm run *)", "Bash(* --version)", "Bash(*)", "Bash(ls)",
        "Bash(find *)",
    ]
    static let commands = ["git status", "npm run test", "swift --version", "ls", "find . -name x"]
    static let attacks = [
        "; rm -rf /", "&& rm -rf /", "|| rm -rf /", "& rm -rf /", "| sh", "|& sh", "\nrm -rf /", "\r\nrm -rf /",
        "$(rm -rf /)", "`rm -rf /`", "<(rm -rf /)", ">(rm -rf /)", "> ~/.bashrc", ">> .envrc", "< /etc/shadow",
        "2>&1", "<<< x", "<<EOF\nrm\nEOF", "${x}", "$x", "\\\nrm", "{rm,-rf,/}", "(rm)", ";\u{301}rm", "&\u{200D}rm",
    ]

    @Test(arguments: rules)
    func `no attack behind, before or within an allowed command is ever allowed`(rule: String) throws {
        let policy = try policy(allow: [rule])
        for command in Self.commands {
            for attack in Self.attacks {
                let middle = command.index(command.startIndex, offsetBy: command.count / 2)
                let lines = [
                    command + attack, command + " " + attack, attack + command, attack + " " + command,
                    command[..<middle] + attack + command[middle...], "\(command) \"\(attack)\"",
                    "\(command) '\(attack)'",
                ]
                for line in lines {
                    #expect(policy.decide(bash(line)).verdict == .ask, "\(line.debugDescription)")
                }
            }
        }
    }

    @Test func `no command made of random pieces is allowed when it holds a piece that could start another`() throws {
        let policy = try policy(allow: ["Bash(git *)", "Bash(*)"])
        let pieces = ["git", "status", " ", " ", "-x", "'", "\"", "a=b", ".", "é"]
        let dangerous = [";", "&", "|", "<", ">", "(", ")", "$", "`", "\n", "\r", "\\", "{", "}"]
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            var line = (0..<Int.random(in: 1...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            line.insert(
                dangerous.randomElement(using: &random) ?? ";", at: Int.random(in: 0...line.count, using: &random))
            let text = "git " + line.joined() + " x"
            #expect(policy.decide(bash(text)).verdict == .ask, "\(text.debugDescription)")
        }
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
    }
}
