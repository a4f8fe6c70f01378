import BassiEvents
import BassiSession
import BassiStore
import BassiTools
import Foundation
import Synchronization

/// `--attach`: a session that another process runs.
extension Asking {
    /// The session, and where its log is.
    struct Attached: Sendable {
        let session: RemoteSession
        let store: any EventStore
    }

    /// Finds the session. What the agent is, its owner has decided: options that would change it are wrong here.
    func attach(to text: String) async throws -> Attached {
        guard let id = SessionID(text) else { throw ExitWith.usage("'\(text)' is not a session's id") }
        if let option = agent.firstGiven {
            throw ExitWith.usage(
                "\(option) is decided by the process that runs the session: leave it out with --attach")
        }
        guard let store = try session.place.openExisting() else { throw SessionError.unknownSession(id) }
        let secrets = SecretVariables.all(in: ProcessInfo.processInfo.environment)
        // A prompt with a key may have been answered before, by an owner that is gone.
        let remote = try await RemoteSession.attach(
            id, store: store, requiresOwner: session.idempotencyKey == nil, redactor: Redactor(secrets: secrets))
        return Attached(session: remote, store: store)
    }

    /// `bassi -p --attach`: one prompt to the end of its run.
    func headless(attachedTo text: String) async throws {
        guard let prompt = try words() else { throw Self.noPrompt }
        let attached = try await attach(to: text)
        let requests = CancelRequests(mayCancel: false)
        let signals = CancelSignals { requests.send($0) }
        let stopSignal = StopSignal(attached.store)
        defer {
            signals.stop()
            stopSignal.stop()
        }
        let events = attached.session.send(Prompt([.text(prompt)], idempotencyKey: session.idempotencyKey))
        let result = try await requests.passing(to: attached.session) {
            try await self.result(of: events, in: attached.session.id, attached.store) {
                requests.send($0)
            } seeing: {
                if case .runStarted = $0.payload { requests.allow() }
            }
        }
        guard let result else {
            let id = attached.session.id
            Standard.say("bassi: left: the prompt stays in session \(id), and its owner answers it")
            throw ExitWith(130)
        }
        show(result)
        try await attached.store.close()
        throw ExitWith(signals.wasInterrupted ? 130 : result.exitCode)
    }
}

/// What wants a run cancelled, from where nothing can be awaited, on its way to a session of another process.
final class CancelRequests: Sendable {
    private let requests: AsyncStream<String>
    private let sender: AsyncStream<String>.Continuation
    private let mayCancel: Mutex<Bool>

    /// - Parameter mayCancel: Whether the run that goes on may be cancelled; else it is somebody else's.
    init(mayCancel: Bool) {
        self.mayCancel = Mutex(mayCancel)
        (requests, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func send(_ reason: String) { sender.yield(reason) }

    /// From now on the run that goes on is our own.
    func allow() { mayCancel.withLock { $0 = true } }

    /// Passes requests on while `body` runs. One that cannot be passed on, since the owner does not answer or the run is
    /// somebody else's, ends the wait for `body`: then nil comes back.
    func passing<Value: Sendable>(
        to session: RemoteSession, while body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask { [self] in
                for await reason in requests {
                    guard mayCancel.withLock({ $0 }) else { return nil }
                    do { try await session.cancel(reason: reason) } catch is SessionError { return nil }
                }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
