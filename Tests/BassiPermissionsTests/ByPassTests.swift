import BassiPermissions
import Testing

/// Command lines that were allowed once and did more than read: each was found by running it with the real programs.
@Suite struct ByPassTests {
    @Test(arguments: [
        // xargs lets the later of -I and -L win, and adds the words at the end.
        "echo '-exec touch x ;' | xargs -I% -L1 find .", "echo /etc/hostname | xargs -I% -n2 cat",
        "echo a | xargs --max-args=2 -I% cat", "echo a | xargs -L1 -I% cat",
        // To a smaller shell this is something else.
        "sh -c '[[ a || touch x ]]'", "sh -c '[[ a > .envrc ]]'", "dash -c '((1>2))'",
        "sh -c \"echo \\$'a\\\\'; id #'\"",
        "sh -c 'ls &> x'", "sh -c 'echo a{b,c}'", "/bin/sh -c 'cat <(ls)'", "sh -c 'export a=$b; ls'",
        // Options that are words.
        "xxd -ps a b", "xxd -ps /etc/hostname", "xxd -p a", "od -c -w /etc/hostname",
        "git remote -v update", "git remote -v add evil https://example.org", "git log -1 --show-signature",
        "git status -vv", "cargo --version", "rustc --version", "yarn --version", "go --version",
        "jq -n 'import \"secret\" as $d; $d'", "jq -n 'include \"a\"; b'",
        // Links inside the folder lead out of it.
        "grep -R x .", "rg -L x", "diff -r a b", "diff --recursive a b",
    ])
    func `what only seems to read is asked`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .ask)
    }

    @Test(arguments: [
        "sh -c 'git status; ls 2>&1'", "sh -c \"git log --oneline | head -3\"", "git remote -v", "git remote",
        "echo a b | xargs -n1 echo", "ls | xargs -I% echo % x", "grep -r x .", "rg x", "diff a b", "xxd a",
        "diff -u a b", "git status -sb", "jq -r .version package.json", "node --version",
    ])
    func `what does read still asks nobody`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .allow)
    }

    @Test(arguments: [
        "rg secret", "rg secret --hidden", "git reflog -p", "git whatchanged -p", "diff a b", "git shortlog -p",
        "grep -r secret .",
    ])
    func `what shows files that it does not name is asked where some are kept`(command: String) throws {
        #expect(try policy(deny: ["Read(**/.env)"]).decide(bash(command)).verdict == .ask)
    }

    @Test func `a rule without a pattern holds for commands too`() throws {
        #expect(try policy(.bypass, deny: ["Read"]).decide(bash("cat .env")).verdict == .deny)
        #expect(try policy(.bypass, deny: ["Edit"]).decide(bash("echo x > .env")).verdict == .deny)
        #expect(try policy(.bypass, deny: ["Read"]).decide(bash("make")).verdict == .allow)
        #expect(try policy(.bypass, deny: ["Bash"]).decide(bash("make")).verdict == .deny)
    }

    @Test func `a name in a default value is looked at`() throws {
        let policy = try policy(allow: ["Bash(cat *)"], deny: ["Read(**/.env)"])
        #expect(policy.decide(bash("cat ${x:-.env}")).verdict == .deny)
    }
}
