import BassiSession
import Synchronization

/// Passes on to a session, which is opened later, that its run is to be cancelled: a model that plays back what was
/// cancelled is made before the session that it answers.
final class CancelRelay: Sendable {
    private struct Target {
        weak var session: AgentSession?
    }

    private let target = Mutex(Target())

    func pass(to session: AgentSession) { target.withLock { $0.session = session } }

    func cancel() { target.withLock { $0.session }?.cancelSoon(reason: "interrupted") }
}
