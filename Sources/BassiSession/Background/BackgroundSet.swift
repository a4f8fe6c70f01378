import BassiEvents
import BassiTools
import Synchronization

/// The commands in the background of one session, as its tools reach them. To begin one is the owner's work; to look at
/// one and to end it disturbs nobody.
final class BackgroundSet: BackgroundCommands {
    /// Commands that may run at the same time.
    static let runningMax = 8
    /// Commands that have ended and can still be looked at.
    private static let endedMax = 16

    private let inbox: Inbox<SessionInput>
    private let jobs = Mutex<[BackgroundJob]>([])

    init(inbox: Inbox<SessionInput>) { self.inbox = inbox }

    func add(_ job: BackgroundJob) {
        jobs.withLock { jobs in
            let ended = jobs.filter { $0.end != nil }
            let old = ended.dropLast(Self.endedMax - 1).map(\.id)
            jobs.removeAll { old.contains($0.id) }
            jobs.append(job)
        }
    }

    /// Ends all of them; returns at once.
    func stopAll() { for job in jobs.withLock({ $0 }) { job.stop(.sessionEnded) } }

    func start(_ work: BackgroundWork) async throws -> String {
        try await inbox.ask { .startBackground(work, $0) }
    }

    func read(_ id: String, from: Int?, waitingAtMost wait: Duration) async throws -> BackgroundReading {
        try await job(id).read(from: from, waitingAtMost: wait)
    }

    func kill(_ id: String) async throws -> BackgroundReading {
        let job = try job(id)
        job.stop(.killed)
        await job.waitForEnd()
        try Task.checkCancellation()
        return try await job.read(from: nil, waitingAtMost: .zero)
    }

    private func job(_ id: String) throws(ToolError) -> BackgroundJob {
        let jobs = jobs.withLock { $0 }
        if let job = jobs.last(where: { $0.id == id }) { return job }
        let names = jobs.map(\.id).joined(separator: ", ")
        throw ToolError(
            "unknown_background",
            "there is no command '\(id)' in the background; there are: \(names.isEmpty ? "none" : names)")
    }
}
