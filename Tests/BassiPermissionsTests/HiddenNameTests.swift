import BassiPermissions
import Testing

/// Ways to write a command so that its name does not stand in the line as it is, beside a deny rule for it.
@Suite struct HiddenNameTests {
    @Test(arguments: [
        // What env parts into words.
        "env -S'rm x'", "env -S 'rm x'", "env --split-string='rm -rf x'", "env -iS $'\\x72m x'", "env a=1 -vS 'x'",
        "env -u A -S 'r\\155 x'", "timeout 5 env -S $'\\x72m x'",
        // Scripts of shells with options that are not taken apart, and of other shells.
        "bash -o posix -c $'\\x72m x'", "bash -O extglob -c $'\\x72m x'", "bash --norc -c $'\\x72m x'",
        "bash -oc posix $'\\x72m x'", "bash -ic 'a=r; ${a}m x'", "zsh -c 'a=r; ${a}m y'", "ksh -c $'\\x72m x'",
        "busybox sh -c $'\\x72m x'", "su -c $'\\x72m x'", "su a -c 'a=rm; $a x'", "bash -O extglob -c \"$x\"",
        "bash -o posix", "dash -c 'a=r; eval \"${a}m\"'",
        // What ends options.
        "trap -- $'\\x72m x' EXIT", "trap -- \"$x\" EXIT", "eval -- $'\\x72m x'", "builtin eval -- $'\\x72m x'",
        "time -p\t$'\\x72m' x", "time -- $'\\x72m' x", "time -p -- $'\\x72m' x", "source -- \"$x\"",
        // Values that no assignment says.
        "IFS=,; x=rm,-rf,y; $x", "x=ls; printf -v x rm; $x y", "x=ls; mapfile -t x <<< rm; $x y",
        "x=ls; read -p a x <<< rm; $x y", "x=LS; declare -l x=RM; $x y", "x=ls; printf a%n x; $x y",
        "shopt -s extglob\n/bin/@(r)m x", "shopt -s extglob; /bin/r+(m) x",
        // What a name means.
        "alias q=rm", "hash -p /bin/rm ls; ls x", "enable -f a.so b", "RM x", "/bin/Rm x",
        // Behind a place that is not understood.
        "coproc $'\\x72m' x", "coproc A { $'\\x72m' x; }", "echo ${!x}; $'\\x72m' y", "echo ${!x}; x=rm; $x y",
        "echo ${!x} | { r''m y; }", "echo ${!x}\nif $'\\x72m' y; then a; fi", "echo ${x@P} '; ' \"$($'\\x72m' y)\"",
        "a=([$x]=1); case a in b) $'\\x72m' y;; esac", "echo ${!x}; bash -c $'\\x72m x'",
        "$'\\x72m' y ${!x}", "$'\\x72m'${!x} y", "\u{0};$'\\x72m' y", "$'\\x72m' y\u{0}",
        String(repeating: ":;", count: 5_000) + "$'\\x72m' y", String(repeating: "$(", count: 60) + "$'\\x72m' y",
        // Programs that run another, with a name that is written otherwise.
        "find . -execdir $'\\x72m' {} \\;", "fd -x $'\\x72m' {}", "xargs -i $'\\x72m' {}", "flock x $'\\x72m' y",
        "watch $'\\x72m y'", "script -qc $'\\x72m y'", "ssh host $'\\x72m' y", "prlimit rm x", "chronic rm x",
        "sudo --chdir / $'\\x72m' y", "timeout --k=5 5 $'\\x72m' y", "taskset 1 $'\\x72m' y",
    ])
    func `a name that is hidden is found`(command: String) throws {
        #expect(try policy(.bypass, deny: ["Bash(rm *)"]).decide(bash(command)).verdict == .deny)
        #expect(try policy(allow: ["Bash"], deny: ["Bash(rm *)"]).decide(bash(command)).verdict != .allow)
    }

    @Test(arguments: [
        "env -u A make", "env a=1 make -S", "bash -o posix -c 'make x'", "bash -O extglob -c 'make'",
        "zsh -c 'a=m; ${a}ake'",
        "trap -- 'make' EXIT", "eval -- make", "time -p make", "time -- make", "alias", "hash", "hash -r",
        "enable -n a",
        "IFS=, read -r a b; x=ls; $x", "while IFS= read -r a; do echo \"$a\"; done", "coproc make", "echo ${!x}; make",
        "for ((i=0;i<3;i++)); do echo $i; done", "echo ${x@Q}; ls", "flock x make", "x=ls; printf -v y a; ls",
        "GIT status",
    ])
    func `what hides nothing is allowed`(command: String) throws {
        let decision = try policy(.bypass, deny: ["Bash(rm *)"]).decide(bash(command))
        #expect(decision.verdict == .allow, "\(decision.reason)")
    }

    @Test(arguments: [
        "git -C a push", "git --no-pager push x", "git -c a=b -C c push", "GIT push", "git --git-dir=a push x",
    ])
    func `options before what is done hide nothing`(command: String) throws {
        #expect(try policy(.bypass, deny: ["Bash(git push *)"]).decide(bash(command)).verdict == .deny)
    }

    @Test(arguments: ["git commit -m push", "git log push", "git -C a pull", "make -C push", "git -p"])
    func `a word elsewhere is no such command`(command: String) throws {
        let policy = try policy(.bypass, deny: ["Bash(git push *)", "Bash(make)", "Bash(git)"])
        #expect(policy.decide(bash(command)).verdict == .allow)
    }

    @Test func `whoever names another shell allows what it is told`() throws {
        let policy = try policy(allow: ["Bash(zsh *)", "Bash(fish *)"], deny: ["Bash(rm *)"])
        for command in ["zsh -c 'make > x; A=1 ls'", "fish -c 'if true; ls; end'", "zsh -c 'bash -c \"make\"'"] {
            let decision = policy.decide(bash(command))
            #expect(decision.verdict == .allow, "\(command): \(decision.reason)")
        }
        #expect(policy.decide(bash("zsh -c 'a=r; ${a}m x'; zsh -c ls; make")).verdict != .allow)
        #expect(policy.decide(bash("zsh -c \"r\"'m x'")).verdict == .deny)
    }

    @Test func `a long line that is not understood takes no long time`() throws {
        let policy = try policy(.bypass, deny: ["Bash(rm *)"])
        let start = ContinuousClock.now
        for part in [";'", ";\"", "(", "{a;", "$(", "`a;", ";a\n", ";a<<b\n"] {
            _ = policy.decide(bash("${!x};" + String(repeating: part, count: 60_000 / part.utf8.count)))
        }
        #expect(ContinuousClock.now - start < .seconds(90))
    }
}
