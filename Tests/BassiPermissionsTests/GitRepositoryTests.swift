import BassiPermissions
import BassiProcess
import Foundation
import Testing

/// A repository in which git runs a program, set up by a script that finds the program's line in `$RUN`.
struct GitTrap: Sendable, CustomStringConvertible {
    let description: String
    /// The command that looks harmless.
    var command = "git status --short"
    let setUp: String

    /// In the folder is a repository with one commit; the last lines of a script change it.
    static let all = [
        GitTrap(description: "a monitor of files", setUp: "git config core.fsmonitor \"$RUN\""),
        GitTrap(
            description: "a section and its key in one line",
            setUp: "printf '[branch \"a]b\"] [core] fsmonitor = \"%s\"\\n' \"$RUN\" >>.git/config"),
        GitTrap(
            description: "a program that shows differences", command: "git diff",
            setUp: "git config diff.external \"$RUN\"; echo b >a"),
        GitTrap(
            description: "a filter", command: "git diff",
            setUp: "git config filter.x.clean \"$RUN\"; echo '* filter=x' >.gitattributes; echo b >a"),
        GitTrap(
            description: "a hook after the index is written",
            setUp: """
                printf '#!/bin/sh\\n%s\\n' "$RUN" >.git/hooks/post-index-change; chmod +x .git/hooks/post-index-change
                touch -d 2001-01-01 a
                """),
        GitTrap(
            description: "settings of a submodule that no file names",
            setUp: """
                git init -q sub; cd sub; echo x >x; git add x; git commit -qm x; cd ..; git add sub 2>/dev/null
                git commit -qm sub; git -C sub config core.fsmonitor "$RUN"
                """),
        GitTrap(
            description: "settings in another place",
            setUp: "cp -r .git x; echo ../x >.git/commondir; git --git-dir=x config core.fsmonitor \"$RUN\""),
        GitTrap(
            description: "a bare repository",
            setUp: """
                mv .git/* .; rm -r .git; git config --file config core.bare false
                git config --file config core.worktree "$PWD"; git config --file config core.fsmonitor "$RUN"
                """),
        GitTrap(
            description: "a broken repository below one", command: "cd sub && git status --short",
            setUp: "git config core.fsmonitor \"$RUN\"; mkdir -p sub/.git"),
        GitTrap(
            description: "a worktree", command: "cd tree && git status --short",
            setUp: "git worktree add -q tree; git config core.fsmonitor \"$RUN\""),
        GitTrap(
            description: "a folder named by an option", command: "git -C .. -C sub status --short",
            setUp: """
                mkdir ../sub; cd ../sub; git init -q .; echo a >a; git add a
                git config core.fsmonitor "$RUN"
                """),
        GitTrap(
            description: "an object that has to be fetched", command: "git diff",
            setUp: """
                git config core.repositoryformatversion 1; git config extensions.partialClone origin
                git config remote.origin.url "$PWD"; git config remote.origin.promisor true
                git config remote.origin.uploadpack "$RUN; git-upload-pack"
                blob=$(git rev-parse HEAD:a); rm -f .git/objects/${blob%${blob#??}}/*; echo b >a
                """),
    ]
}

/// Runs git in folders that these tests have made.
private struct Shell {
    let folder: TemporaryFolder

    func run(_ script: String) async throws -> CollectedOutput {
        let command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", script],
            environment: [
                "PATH": "/usr/bin:/bin:/usr/lib/git-core", "HOME": folder.home, "RUN": "touch \(folder.path)/ran",
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1",
            ], workingDirectory: folder.site)
        return try await ChildProcess.collect(command, limits: .init(timeout: .seconds(60)), outputBytesMax: 100_000)
    }

    func initialise() async throws {
        let output = try await run("git init -q . && echo a >a && git add a && git commit -qm a")
        #expect(output.ending == .exited(0))
    }

    func decision(_ command: String) throws -> Decision.Verdict {
        try policy(folder: folder.site, home: folder.home).decide(bash(command)).verdict
    }
}

@Suite struct GitRepositoryTests {
    @Test(arguments: GitTrap.all)
    func `what would run a program of the repository does not count as reading`(trap: GitTrap) async throws {
        let shell = Shell(folder: try TemporaryFolder())
        try await shell.initialise()
        let harmless = trap.command.contains("sub") || trap.command.contains("tree") ? "git status" : trap.command
        #expect(try shell.decision(harmless) == .allow, "before the trap")

        _ = try await shell.run(trap.setUp)
        try? FileManager.default.removeItem(atPath: shell.folder.path + "/ran")
        #expect(try shell.decision(trap.command) == .ask)

        _ = try await shell.run(trap.command)
        #expect(FileManager.default.fileExists(atPath: shell.folder.path + "/ran"), "git did not fall into the trap")
    }

    @Test(arguments: [
        "git config branch.clean-filter.remote origin", "git remote add pre-process https://example.org/alias/hook.git",
        "git config user.name proxy", "git worktree add -q tree", "git update-index --index-version 4",
        "git config extensions.worktreeConfig true", "for n in $(seq 300); do echo $n >f$n; done; git add .",
        "mkdir sub; git init -q sub; git -C sub config core.fsmonitor x",
        "n=$(printf 'x%.0s' $(seq 200)); mkdir -p $n/$n/$n/$n/$n/$n/$n; touch $n/$n/$n/$n/$n/$n/$n/$n; git add .",
        "touch b; git add -N b",
    ])
    func `what names no program counts as reading`(setUp: String) async throws {
        let shell = Shell(folder: try TemporaryFolder())
        try await shell.initialise()
        _ = try await shell.run(setUp)
        #expect(try shell.decision("git status --short && git diff && git log --oneline") == .allow)
        if setUp.contains("worktree add") { #expect(try shell.decision("cd tree && git status") == .allow) }
    }

    @Test(arguments: [
        "printf 'DIRC\\0\\0\\0\\2\\0\\0\\0\\1' >.git/index", "echo no >.git/index", ": >.git/index",
        "git update-index --split-index", "mkfifo .git/f; mv .git/f .git/config", "mkfifo .git/f; mv .git/f .git/index",
        "rm -r .git; echo 'gitdir: nowhere\\nelse' >.git; echo x >>.git", "mv .git g; ln -s g .git",
        "head -c 100000 /dev/zero >>.git/config",
        // To check a signature git runs another program.
        "git config log.showSignature true", "git config format.pretty %G?", "git config pretty.a '%h %GK'",
    ])
    func `what is not understood does not count as reading`(setUp: String) async throws {
        let shell = Shell(folder: try TemporaryFolder())
        try await shell.initialise()
        _ = try await shell.run(setUp)
        #expect(try shell.decision("git status") == .ask)
    }
}
