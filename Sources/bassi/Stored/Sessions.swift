import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore
import Foundation

/// `bassi sessions`: what is stored.
struct Sessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work with stored sessions.",
        subcommands: [
            List.self, Show.self, Search.self, Export.self, Import.self, Fork.self, Delete.self, Redact.self,
            Resume.self,
        ],
        defaultSubcommand: List.self)

    /// `bassi sessions list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the sessions, the one that changed last first.")

        @OptionGroup var place: StoreOptions
        @Option(help: "Show at most so many.") var limit = 50
        @Flag(help: "Show the sessions of sub-agents too.") var subagents = false
        @Flag(help: "For programs.") var json = false

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000") }
        }

        func run() async throws {
            var rows: [SessionSummary] = []
            if let store = try place.openExisting() {
                rows = try await store.summaries(limit: limit, subagents: subagents)
                try await store.close()
            }
            if json {
                let document: JSONValue = ["sessions": .array(rows.map(\.json)), "next_cursor": .null]
                return _ = Standard.print(document.text)
            }
            guard !rows.isEmpty else { return Standard.say("There are no sessions yet. Begin one: bassi") }
            let table = rows.map { row in
                [
                    row.id.description, row.phase.rawValue, String(row.updatedAt.description.prefix(16)),
                    row.model ?? "", row.title ?? "",
                ]
            }
            for line in Table.lines([["SESSION", "STATE", "CHANGED (UTC)", "MODEL", "TITLE"]] + table) {
                Standard.print(line)
            }
        }
    }

    /// `bassi sessions show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one session: what was said and done.")

        @OptionGroup var target: SessionArgument
        @OptionGroup var place: StoreOptions
        @Flag(help: "For programs.") var json = false

        func run() async throws {
            let id = try target.id
            let (store, stored) = try await place.openExisting(id)
            let row = try await SessionSummary(of: stored, in: store)
            if json {
                Standard.print(row.json.text)
            } else {
                for (name, value) in Self.facts(row) { Standard.print("\(name)\(value)") }
                var transcript = Transcript()
                for try await delivery in store.follow(id, slow: .skipDeltas) {
                    if case .caughtUp = delivery { break }
                    if case .event(let event) = delivery {
                        let shown = try await store.wholeOrPreview(event)
                        for line in transcript.lines(of: shown) { Standard.print(line) }
                    }
                }
            }
            try await store.close()
        }

        private static func facts(_ row: SessionSummary) -> [(String, String)] {
            let parent = row.parent.map { [("Works for", " \($0)")] } ?? []
            return [
                ("Session  ", row.id.description), ("Title    ", row.title ?? ""), ("Folder   ", row.cwd ?? ""),
                ("Model    ", row.model ?? ""), ("State    ", row.phase.rawValue),
                ("Began    ", row.createdAt.description), ("Changed  ", row.updatedAt.description),
                ("Events   ", row.lastSeq.description), ("Cost     ", row.costUSD.map { "$\($0)" } ?? "not known"),
            ] + parent
        }
    }
}
