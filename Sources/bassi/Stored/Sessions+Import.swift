import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore
import Foundation

extension Sessions {
    /// `bassi sessions import`
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take in a session that was exported as JSON Lines; print its id.",
            discussion: "The hash chain is checked line by line: a log that was changed is not taken.")

        @Argument(help: "A file that `bassi sessions export` wrote.") var file: String
        @OptionGroup var store: StoreOptions

        func run() async throws {
            guard let log = try store.open() as? SQLiteEventStore else {
                throw ExitWith.usage("a store in memory is gone when the command ends: name another")
            }
            do {
                Standard.print(try await log.importLog(at: file).description)
                try await log.close()
            } catch StoreError.conflict(let session, _, _) {
                throw ExitWith(1, "bassi: session \(session) is here already: delete it first, or keep it")
            } catch let error as ImportError { throw ExitWith(1, "bassi: \(error)") }
        }
    }
}
