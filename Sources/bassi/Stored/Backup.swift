import ArgumentParser
import BassiSQLite
import BassiStore

/// `bassi backup`: a copy of the live store, as it stands at one moment.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the store into a new file, while it is in use.",
        discussion: """
            To restore it, end all programs that use the store and put the file in its place; `bassi doctor` says where \
            that is. Readers that have seen more than it holds are told so.
            """)

    @Argument(help: "The new file.") var file: String
    @OptionGroup var place: StoreOptions

    func run() async throws {
        guard let store = try place.openExisting() as? SQLiteEventStore else {
            return Standard.say("There is nothing to copy yet.")
        }
        try await store.backUp(to: file)
        try await store.close()
        Standard.say("Copied to \(file).")
    }
}
