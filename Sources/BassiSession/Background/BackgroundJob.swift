import BassiEvents
import BassiStore
import BassiTools
import Synchronization

/// One command in the background, from its start to its end: runs as a child task of the session's owner.
final class BackgroundJob: Sendable {
    private struct State {
        var text = BackgroundText()
        var streams: [ToolStream: StreamRedactor] = [:]
        /// Opens when something new has come.
        var news = Latch()
        /// Why it was told to end, by whom first.
        var wanted: BackgroundOutcome?
        var end: BackgroundEnd?
        var problem: String?
    }

    let id: String
    let work: BackgroundWork
    private let keeping: OutputKeeping
    private let inbox: Inbox<SessionInput>
    private let stopper = Stopper()
    private let hasEnded = Latch()
    private let state = Mutex(State())

    init(_ id: String, _ work: BackgroundWork, keeping: OutputKeeping, inbox: Inbox<SessionInput>) {
        self.id = id
        self.work = work
        self.keeping = keeping
        self.inbox = inbox
    }

    /// How it ended; nil while it runs.
    var end: BackgroundEnd? { state.withLock { $0.end } }

    /// Ends it; returns at once. The first reason counts.
    func stop(_ reason: BackgroundOutcome) {
        state.withLock { $0.wanted = $0.wanted ?? reason }
        stopper.stop()
    }

    func waitForEnd() async { await hasEnded.wait() }

    /// What it has said, waited for while there is nothing new.
    func read(from: Int?, waitingAtMost wait: Duration) async throws -> BackgroundReading {
        let deadline = ContinuousClock.now + wait
        // Another reader may have been quicker.
        while ContinuousClock.now < deadline,
            let news = state.withLock({ $0.end == nil && !$0.text.hasNew(from: from) ? $0.news : nil })
        {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await news.wait() }
                group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
                await group.next()
                group.cancelAll()
            }
            try Task.checkCancellation()
        }
        return state.withLock { state in
            BackgroundReading(
                id: id, text: state.text.read(from: from), totalBytes: state.text.totalBytes, end: state.end)
        }
    }

    // MARK: - Running

    /// Runs it to its end, and tells the owner.
    func run() async {
        let (work, stopper) = (work, stopper)
        var (end, problem): (BackgroundEnd, String?)
        do {
            let ending = try await stopper.run {
                try await work.run { stream, text in await self.hear(text, on: stream) }
            }
            (end, problem) = (self.end(ending), nil)
        } catch is CancellationError {
            (end, problem) = (self.end(.cancelled), nil)
        } catch {
            (end, problem) = (BackgroundEnd(.failed, note: "\(error)"), "\(error)")
        }
        for stream in [ToolStream.stdout, .stderr] { await hearRest(of: stream) }
        let segment = state.withLock { $0.text.takeSegment() }
        let name = await keep(segment)
        let (totalBytes, lost) = state.withLock { ($0.text.totalBytes, $0.problem) }
        problem = problem ?? lost
        inbox.post(
            .backgroundEnded(
                BackgroundEnded(
                    toolID: work.toolID, exit: end.exit, outputFile: name?.description, outcome: end.outcome,
                    outputFrom: name == nil ? nil : segment?.from, outputBytes: totalBytes, error: problem)))
        // After the event is under way: who waits for the end finds it in the log.
        let news = state.withLock { state in
            state.end = end
            return state.news
        }
        news.open()
        hasEnded.open()
    }

    private func end(_ ending: BackgroundEnding) -> BackgroundEnd {
        switch ending {
        case .exited(let code, let note): BackgroundEnd(.exited, exit: code, note: note)
        case .timedOut: BackgroundEnd(.timedOut)
        case .cancelled: BackgroundEnd(state.withLock { $0.wanted } ?? .sessionEnded)
        }
    }

    private func hear(_ text: String, on stream: ToolStream) async {
        let clean = state.withLock { state in
            state.streams[stream, default: keeping.redactor.makeStream()].push(text)
        }
        await take(clean, from: stream)
    }

    /// What was held back, since it could have become a secret.
    private func hearRest(of stream: ToolStream) async {
        let rest = state.withLock { $0.streams[stream]?.finish() ?? "" }
        await take(rest, from: stream)
    }

    private func take(_ text: String, from stream: ToolStream) async {
        guard !text.isEmpty else { return }
        let (live, segment, news) = state.withLock { state in
            let (live, segment) = state.text.take(text)
            let news = state.news
            state.news = Latch()
            return (live, segment, news)
        }
        news.open()
        // Waiting for the owner slows the command down. One that is being ended is heard to its last word all the same.
        if let live { try? await inbox.send(.backgroundOutput(work.toolID, stream, live)) }
        guard let segment, let name = await keep(segment) else { return }
        inbox.post(
            .backgroundKept(
                BackgroundOutput(
                    toolID: work.toolID, from: segment.from, bytes: segment.bytes.count,
                    outputFile: name.description)))
    }

    /// Output that cannot be stored is no failure of the command, but it is said.
    private func keep(_ segment: BackgroundText.Segment?) async -> BlobName? {
        guard let segment else { return nil }
        do { return try await keeping.blobs.put(segment.bytes, in: keeping.session) } catch {
            state.withLock { state in
                state.text.stopKeeping()
                state.problem = "its output is not kept: \(error)"
            }
            return nil
        }
    }
}
