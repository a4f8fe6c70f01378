import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Synchronization

/// One of the processes: it appends for a while, follows, and prints what it saw.
struct ProcessWriter: Sendable {
    let session: SessionID
    let followed: [SessionID]
    let seconds: Int
    /// Events in an append. More than one is a writer without pauses.
    let batch: Int

    /// After its writing a process waits this long for what the others wrote last.
    private static let patience = Duration.seconds(20)
    /// Every so many appends one must survive a power cut, as a tool call does among tokens.
    private static let appendsPerBarrier = 10

    /// What the last event of a session says.
    private static let lastReason = "last"

    var arguments: [String] { ["\(seconds)", "\(batch)", session.description] + followed.map(\.description) }

    init(session: SessionID, followed: [SessionID], seconds: Int, batch: Int) {
        self.session = session
        self.followed = followed
        self.seconds = seconds
        self.batch = batch
    }

    /// - Throws: ``Main/Usage`` for anything but what `arguments` gives.
    private init(_ arguments: ArraySlice<String>) throws {
        let sessions = arguments.dropFirst(2).compactMap { SessionID($0) }
        guard let seconds = arguments.first.flatMap({ Int($0) }), sessions.count == arguments.count - 2,
            let batch = arguments.dropFirst().first.flatMap({ Int($0) }), let own = sessions.first
        else { throw Main.Usage() }
        self.init(session: own, followed: Array(sessions.dropFirst()), seconds: seconds, batch: batch)
    }

    /// `process-writer PATH SECONDS BATCH SESSION FOLLOWED…`: prints the figures as JSON.
    static func child(_ arguments: [String]) async throws {
        guard let path = arguments.first else { throw Main.Usage() }
        let figures = try await ProcessWriter(arguments.dropFirst()).run(path)
        print(figures.json.text)
    }

    private func run(_ path: String) async throws -> Figures {
        let (store, seen) = (try SQLiteEventStore(path: path), Seen())
        var figures = Figures()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in followed { group.addTask { try await follow(session, in: store, seen) } }
            try await write(to: store, &figures)
            // An end that does not come is a loss, and is to be counted as one.
            group.addTask {
                try await ContinuousClock().sleep(for: Self.patience)
                throw CancellationError()
            }
            for _ in followed {
                do { try await group.next() } catch is CancellationError { break }
            }
            group.cancelAll()
        }
        try await store.close()
        return figures.adding(seen)
    }

    // MARK: - Writing

    private func write(to store: SQLiteEventStore, _ figures: inout Figures) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        var (times, appends): ([Double], Int) = ([], 0)
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            let drafts = (0..<batch).map { _ in Self.stamped() }
            appends += 1
            let durability: Durability = appends % Self.appendsPerBarrier == 0 ? .durable : .visible
            do {
                figures.appended += try await append(drafts, durability, figures.appended, store)
                times.append((ContinuousClock.now - start) / .milliseconds(1))
            } catch let error as StoreError where error.description.contains("locked") {
                figures.locked += 1
            }
            if batch == 1 { try await ContinuousClock().sleep(for: .milliseconds(10)) }
        }
        let last = [EventDraft(.sessionEnded(SessionEnded(reason: Self.lastReason)))]
        figures.appended += try await append(last, .visible, figures.appended, store)
        if !times.isEmpty { figures.appendP99 = Samples(times).p99 }
    }

    private func append(
        _ drafts: [EventDraft], _ durability: Durability, _ head: Int, _ store: SQLiteEventStore
    ) async throws -> Int {
        let version = ExpectedVersion.exact(SequenceNumber(Int64(head)))
        return try await store.append(drafts, to: session, expecting: version, until: durability).count
    }

    /// An event that says when it was sent, by the clock that all processes of a machine share.
    private static func stamped() -> EventDraft {
        let text = "\(DispatchTime.now().uptimeNanoseconds) what the model says"
        return EventDraft(.sessionEnded(SessionEnded(reason: text)))
    }

    // MARK: - Following

    /// What the followers of this process got.
    fileprivate final class Seen: Sendable {
        private let delays = Mutex<(milliseconds: [Double], delivered: Int)>(([], 0))

        func take(_ event: Event) {
            let now = DispatchTime.now().uptimeNanoseconds
            delays.withLock { delays in
                delays.delivered += 1
                guard case .sessionEnded(let end) = event.payload,
                    let sent = end.reason.split(separator: " ").first.flatMap({ UInt64($0) })
                else { return }
                delays.milliseconds.append(Double(Int64(now) - Int64(sent)) / 1e6)
            }
        }

        var values: (milliseconds: [Double], delivered: Int) { delays.withLock { $0 } }
    }

    private func follow(_ session: SessionID, in store: SQLiteEventStore, _ seen: Seen) async throws {
        var position = SequenceNumber.start
        for try await case .event(let event) in store.follow(session) {
            guard event.seq == position.next else { throw BenchmarkProblem("\(event.seq) came after \(position)") }
            position = event.seq
            seen.take(event)
            if case .sessionEnded(let end) = event.payload, end.reason == Self.lastReason { return }
        }
    }

    // MARK: - Figures

    /// What one process did and saw.
    struct Figures {
        var appended = 0
        var delivered = 0
        var locked = 0
        var deliveryMedian = 0.0
        var deliveryP99 = 0.0
        var appendP99 = 0.0
        var processorSeconds = 0.0

        init() {}

        init(_ object: JSONObject) {
            func number(_ key: String) -> Double { object[key]?.double ?? .nan }
            appended = Int(object["appended"]?.int64 ?? 0)
            delivered = Int(object["delivered"]?.int64 ?? 0)
            locked = Int(object["locked"]?.int64 ?? 0)
            deliveryMedian = number("delivery_median_ms")
            deliveryP99 = number("delivery_p99_ms")
            appendP99 = number("append_p99_ms")
            processorSeconds = number("processor_s")
        }

        var json: JSONValue {
            [
                "appended": .number(JSONNumber(appended)), "delivered": .number(JSONNumber(delivered)),
                "locked": .number(JSONNumber(locked)), "delivery_median_ms": BenchmarkReport.number(deliveryMedian),
                "delivery_p99_ms": BenchmarkReport.number(deliveryP99),
                "append_p99_ms": BenchmarkReport.number(appendP99),
                "processor_s": BenchmarkReport.number(processorSeconds),
            ]
        }

        /// The same with what was followed, and with the processor's time of this process so far.
        fileprivate func adding(_ seen: Seen) -> Figures {
            var figures = self
            let (milliseconds, delivered) = seen.values
            figures.delivered = delivered
            if !milliseconds.isEmpty {
                figures.deliveryMedian = Samples(milliseconds).median
                figures.deliveryP99 = Samples(milliseconds).p99
            }
            figures.processorSeconds = MachineState.processorSeconds
            return figures
        }
    }
}
