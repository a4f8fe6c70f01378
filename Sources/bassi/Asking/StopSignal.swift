import BassiSQLite
import BassiStore
@preconcurrency import Dispatch
import Foundation

/// Ctrl-Z: the program stops when no transaction is under way. One that is stopped inside of one would hold up every
/// other program that uses the same log.
final class StopSignal: Sendable {
    private let source: (any DispatchSourceSignal)?

    init(_ store: any EventStore) {
        guard let store = store as? SQLiteEventStore else {
            source = nil
            return
        }
        signal(SIGTSTP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: .global())
        source.setEventHandler { store.betweenTransactions { kill(getpid(), SIGSTOP) } }
        source.resume()
        self.source = source
    }

    /// Gives the signal back.
    func stop() {
        guard let source else { return }
        source.cancel()
        signal(SIGTSTP, SIG_DFL)
    }
}
