import ArgumentParser
import BassiWorkspace
import Foundation

/// `bassi trust`: says what a folder would start and allow, and lets it.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Show what a folder's files would start or allow, and trust them.",
        discussion: """
            Until then only the folder's deny and ask rules and its instructions count. Any change to one of these files \
            ends the trust. For one call: --trust beside the prompt.
            """)

    @Argument(help: "The folder (default: the current one).")
    var dir: String?

    @Flag(help: "Trust it no longer.") var revoke = false

    @Flag(help: "Show it only.") var show = false

    @Flag(help: "Do not ask, at a terminal.") var yes = false

    /// Of these `--cwd`: the root has it, and a second one of that name would never be seen.
    @OptionGroup(visibility: .hidden) var session: SessionOptions

    func validate() throws {
        guard [revoke, show, yes].count(where: { $0 }) <= 1 else {
            throw ValidationError("--revoke, --show and --yes do not go together")
        }
    }

    func run() async throws {
        var place = session
        place.cwd = dir ?? session.cwd
        let environment = ProcessInfo.processInfo.environment
        let home = try Home(environment: environment)
        let (contents, decisions) = (FolderContents(folder: try place.folder()), TrustDecisions(home: home))
        if revoke {
            let wasThere = try decisions.revoke(contents)
            Standard.print(
                wasThere ? "No longer trusted: \(contents.folder)" : "It was not trusted: \(contents.folder)")
            return
        }
        let trust = FolderTrust(contents, decisions: decisions)
        switch trust.state {
        case .nothingToLoad: Standard.print("There is nothing to trust in \(contents.folder)")
        case .trusted, .trustedForNow: Standard.print("Trusted already: \(contents.folder)")
        case .impossible where contents.problem != nil: throw ExitWith(1, "bassi: \(contents.problem ?? "")")
        case .untrusted, .declined, .changed, .impossible: try await ask(trust, decisions, home)
        }
    }

    private func ask(_ trust: FolderTrust, _ decisions: TrustDecisions, _ home: Home) async throws {
        for line in TrustDialogue.lines(trust) { Standard.print(line) }
        if show { return }
        // Whoever calls this in a script has decided.
        let isAsked = !yes && Standard.isTerminal
        guard let answer = isAsked ? try await Confirmation.answer(to: "Trust this folder?") : true else { return }
        try decisions.keep(answer, of: trust.contents, in: home)
        Standard.print(answer ? "Trusted, until one of these files changes: \(trust.contents.folder)" : "Not trusted.")
    }
}

/// What a person is shown before they trust a folder.
enum TrustDialogue {
    static func lines(_ trust: FolderTrust) -> [String] {
        let folder = trust.contents.folder
        var head = "\(folder) would do this if you trust it:"
        if case .changed(let paths) = trust.state {
            head = "\(folder) has changed\(FolderTrust.list(paths)) after you trusted it. It would do this:"
        }
        return [head] + TrustSummary(trust.contents).lines.map { "  \($0)" }
    }

    /// Asks at the start of a conversation in a folder about which nothing was said as it is now. Whether it is trusted
    /// now; a no is remembered too.
    static func isTrusted(_ trust: FolderTrust) async throws -> Bool {
        switch trust.state {
        case .untrusted, .changed: break
        default: return false
        }
        for line in lines(trust) { Standard.say(line) }
        let question = "Trust this folder? (n: none of this is loaded)"
        guard let answer = try await Confirmation.answer(to: question) else { return false }
        let home = try Home(environment: ProcessInfo.processInfo.environment)
        try TrustDecisions(home: home).keep(answer, of: trust.contents, in: home)
        return answer
    }
}

extension TrustDecisions {
    fileprivate func keep(_ answer: Bool, of contents: FolderContents, in home: Home) throws {
        try home.create()
        if answer { try trust(contents) } else { try decline(contents) }
    }
}
