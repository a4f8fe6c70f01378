import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiStore

extension Sessions {
    /// `bassi sessions search`
    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Find words in what was asked and answered.")

        @Argument(help: "The words; a place has all of them.") var words: [String]
        @OptionGroup var place: StoreOptions
        @Option(help: "Show at most so many places.") var limit = 20
        @Flag(help: "For programs.") var json = false

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000") }
            guard words.contains(where: { !$0.isEmpty }) else { throw ValidationError("give the words to search for") }
        }

        func run() async throws {
            var hits: [SearchHit] = []
            if let store = try place.openExisting() as? SQLiteEventStore {
                hits = try await store.search(words.flatMap { $0.split(separator: " ").map(String.init) }, limit: limit)
                try await store.close()
            }
            if json {
                let rows = hits.map { hit -> JSONValue in
                    [
                        "session_id": .string(hit.session.description), "seq": .number(JSONNumber(hit.seq.rawValue)),
                        "excerpt": .string(hit.excerpt),
                    ]
                }
                let document: JSONValue = ["hits": .array(rows), "next_cursor": .null]
                return _ = Standard.print(document.text)
            }
            guard !hits.isEmpty else { return Standard.say("Nothing has all of these words.") }
            let table = hits.map { [$0.session.description, $0.seq.description, $0.excerpt] }
            for line in Table.lines([["SESSION", "SEQ", "WORDS"]] + table) { Standard.print(line) }
        }
    }
}
