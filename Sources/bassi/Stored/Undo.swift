import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore

/// `bassi undo`: takes back what a session did to files.
struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back the file changes of a session's last run.",
        discussion: """
            What write_file and edit_file did is taken back, for the session and for sub-agents that worked for it; what \
            commands did is not known. A file that has changed since is named and nothing is done, unless --force \
            overwrites it. An undo is in the log as the changes that it makes, so `bassi undo SESSION --to SEQ` can take \
            it back too.
            """)

    @OptionGroup var target: SessionArgument
    @Option(help: "Take back all that came after this position, whatever run did it.") var to: Int64?
    @Flag(help: "Overwrite files that have changed since.") var force = false
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "For programs.") var json = false
    @OptionGroup var place: StoreOptions

    func validate() throws {
        guard to ?? 0 >= 0 else { throw ValidationError("--to takes a position: 0, 1, 2, …") }
    }

    func run() async throws {
        let id = try target.id
        let (store, stored) = try await place.openExisting(id)
        if stored.hasOwner { try await Self.requireNoOwner(of: id, in: store) }
        let undo = try await FileUndo(id, after: to.map { SequenceNumber($0) }, in: store)
        if !undo.conflicts.isEmpty, !force { throw Self.refusal(undo.conflicts, json: json) }
        let isNothing = undo.steps.isEmpty && undo.conflicts.isEmpty
        if isNothing { return json ? _ = Self.show([]) : Standard.say("There is nothing to take back.") }
        if !json {
            for step in undo.steps + undo.overwriting { Standard.print(PlainScreen.harmless(Self.line(of: step))) }
        }
        // A script is not asked: what an undo does can be taken back too.
        guard try await Confirmation.isGiven(yes || !Standard.isTerminal, to: "Take this back?") else { return }
        let before = try await store.head(of: id) ?? .start
        let done = try await undo.perform(overwriting: force, in: store)
        try await store.close()
        let left = undo.conflicts.filter { conflict in !done.contains { $0.path == conflict.path } }
        if json {
            Self.show(done)
        } else {
            Standard.say("Took back \(done.count == 1 ? "1 change" : "\(done.count) changes").")
            if !done.isEmpty { Standard.say("To take this back too: bassi undo \(id) --to \(before)") }
        }
        guard left.isEmpty else { throw ExitWith(1, "bassi: these cannot be taken back:\n  " + Self.names(left)) }
    }

    /// Said before anything is shown or asked: an undo beneath a run would be refused in the end.
    private static func requireNoOwner(of id: SessionID, in store: any EventStore) async throws {
        await store.releaseLease(try await store.acquireLease(of: id))
    }

    private static func names(_ conflicts: [FileUndo.Conflict]) -> String {
        conflicts.map { PlainScreen.harmless("\($0)") }.joined(separator: "\n  ")
    }

    private static func refusal(_ conflicts: [FileUndo.Conflict], json: Bool) -> ExitWith {
        if json {
            let rows = conflicts.map { conflict -> JSONValue in
                ["path": .string(conflict.path), "reason": .string(conflict.reason)]
            }
            let document: JSONValue = ["conflicts": .array(rows)]
            Standard.print(document.text)
        }
        return ExitWith(
            1,
            "bassi: nothing was done, since these are not as the session left them (--force overwrites):\n  "
                + names(conflicts))
    }

    private static func line(of step: FileUndo.Step) -> String {
        let name = step.path + (step.realPath.map { " (\($0))" } ?? "")
        return switch step.action {
        case .delete: "remove   \(name)"
        case .restore: "restore  \(name)"
        }
    }

    @discardableResult
    private static func show(_ steps: [FileUndo.Step]) -> Bool {
        let rows = steps.map { step -> JSONValue in
            ["path": .string(step.path), "action": .string(step.action == .delete ? "delete" : "restore")]
        }
        let document: JSONValue = ["changes": .array(rows)]
        return Standard.print(document.text)
    }
}
