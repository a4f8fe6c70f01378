import BassiSession
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: once cancels the run and keeps the session, twice leaves. A request to end the process cancels too.
final class CancelSignals: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let counter: Counter

    convenience init(_ session: AgentSession) { self.init { session.cancelSoon(reason: $0) } }

    /// - Parameter cancel: Wants the run cancelled, for a reason; it must return at once.
    init(_ cancel: @escaping @Sendable (String) -> Void) {
        let counter = Counter()
        self.counter = counter
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // The log has all that was said so far: leaving now loses nothing.
                if counter.increment() > 1 { _exit(130) }
                cancel("interrupted")
            }
            source.resume()
            return source
        }
    }

    /// Whether a signal came.
    var wasInterrupted: Bool { counter.value > 0 }

    /// A new run begins: what was pressed before counts no more.
    func forget() { counter.reset() }

    /// Gives the signals back.
    func stop() { for source in sources { source.cancel() } }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func reset() { count.withLock { $0 = 0 } }
        func increment() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}
