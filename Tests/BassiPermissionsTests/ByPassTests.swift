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
        "grep -R x .", "rg -L x", "diff -r a b", "diff --recursive a b", "find -L .", "find -L . -name x", "ls -LR",
        "ls -lL .", "du -L .",
        // Behind `--` the script of sed is the first word, and -e a file.
        "sed -- '1e touch x' -e p a", "sed -- 'w x' -e p", "sed -n -- 's/a/b/e' -e p a",
        // To some sed a slash in brackets ends nothing.
        "sed 's/[aaaaaaaaaaaaaaaaaaaaaaaa/]/;/w x/p' a", "sed 's/[]aaaaaaaaaaaaaaaaaaaaaaaaaaa/]/;/w x/p' a",
        "sed 's/[[:alpha:]aaaaaaaaaaaaaaaa/]/;/w x/p' a", "sed '/[aaaaaaaaaaaaaaaaaaaaaaaaa/]/p;/w x/p' a",
        "sed 's/[\\]/]/;/w x/p' a",
        // A variable is set to a number, and with it PATH to a folder of this name.
        "printf '%3d%n' 0 PATH; git status", "printf -- 'a%n' PATH", "printf 'a%ln' PATH", "printf \"a$x\" PATH",
        "printf {%n,PATH}", "printf 'a%s%- 5.3hn' a PATH", "echo {PATH[0]}>/dev/null; git status",
        // The subscript is computed.
        "b='x[$(touch y)]'; echo {a[b]}>/dev/null", "b='x[$(touch y)]'; cat {a[b]}<a",
        // One letter is a command too.
        "trap w EXIT", "trap -- w EXIT",
        // A signature is checked by another program.
        "git log --format='%G?'", "git log --pretty='format:%h %+GS'", "git show -s --format '%GK' HEAD",
        "git for-each-ref --format='%(signature)'", "git branch --list --format='%(signature:key)'",
        // More files than are named.
        "rg --files /etc", "rg --files -g x /etc", "strings @a", "strings -a @a", "md5sum -c a", "sha256sum --check a",
        // Every variable.
        "export -p", "declare -p", "typeset -x", "readonly -p",
        // Nothing is replaced.
        "echo '-exec touch x ;' | xargs -I '' find .",
    ])
    func `what only seems to read is asked`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .ask)
    }

    @Test(arguments: [
        "sh -c 'git status; ls 2>&1'", "sh -c \"git log --oneline | head -3\"", "git remote -v", "git remote",
        "echo a b | xargs -n1 echo", "ls | xargs -I% echo % x", "grep -r x .", "rg x", "diff a b", "xxd a",
        "diff -u a b", "git status -sb", "jq -r .version package.json", "node --version",
        "sed 's/[a-z]/x/g' a", "sed 's/^[[:space:]]*//' a", "sed 's/[\\t ]*$//' a", "sed -- 5p a", "sed 's/a/[/' a",
        "sed -n '/[^]a]/p' a", "printf 'a%%n %s' b", "printf '%s\\n' a", "printf \"a$x\"", "trap - EXIT",
        "trap -- 'ls' EXIT", "eval -- 'git status'", "rg --files src", "find -H . -name x", "md5sum a",
        "git log --format='%h %an %s'", "exec 3>&1", "echo {a,b} >/dev/null", "export a=1; ls",
    ])
    func `what does read still asks nobody`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .allow)
    }

    @Test(arguments: [
        "printf 'a: %s\\n' \"$x\"", "basename \"$PWD\"", "dirname \"$x\"", "seq 1 \"$n\"", "[ $? -eq 0 ] && echo a",
        "[ $# -gt 1 ]", "git status -uno", "git status -uall --porcelain", "git shortlog -sn", "git shortlog -sne HEAD",
        "git branch --merged main", "git branch -a --no-merged", "git tag --sort=-creatordate", "git config user.name",
        "git config --global user.name", "git config --global --get user.name", "date -Iseconds", "ps aux | grep x",
        "ps auxww",
    ])
    func `what a session reads every day asks nobody`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .allow)
    }

    @Test(arguments: [
        "printf -v x a", "printf \"$x\" a", "git status -uno --x", "git branch --merged -D x", "git branch x --merged",
        "git tag --sort=x y", "git tag x", "git config user.name x", "git config --global user.name x",
        "git config --unset x", "git config --global -e", "git config -e", "git config --global", "ps auxe", "ps e",
        "date -Ix",
        "[ $x -eq 0 ]", "[ $?a -eq 0 ]", "git shortlog --output=x", "test $# $?",
    ])
    func `what is near to it is asked as before`(command: String) throws {
        #expect(try policy().decide(bash(command)).verdict == .ask)
    }

    @Test(arguments: [
        "rg secret", "rg secret --hidden", "git reflog -p", "git whatchanged -p", "diff a b", "git shortlog -p",
        "grep -r secret .",
    ])
    func `what shows files that it does not name is asked where some are kept`(command: String) throws {
        #expect(try policy(deny: ["Read(**/.env)"]).decide(bash(command)).verdict == .ask)
    }

    @Test func `folders are not compared without a question, for links in them are followed`() throws {
        let folder = try TemporaryFolder()
        for name in ["site/old", "site/new"] { try folder.folder(name) }
        for name in ["site/a", "site/b"] { try folder.file(name) }
        try folder.link("site/old/a", to: "/etc/passwd")
        let policy = try policy(folder: folder.site, home: folder.home)
        #expect(policy.decide(bash("diff old new")).verdict == .ask)
        #expect(policy.decide(bash("cd old && diff ../a .")).verdict == .ask)
        #expect(policy.decide(bash("diff a b")).verdict == .allow)
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
