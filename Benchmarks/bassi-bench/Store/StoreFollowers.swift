import BassiEvents
import BassiSQLite
import BassiStore

extension StoreRun {
    /// Appends as fast as they go, alone and with 100 followers that wait for each, and what those get.
    func followerThroughput(_ report: inout BenchmarkReport) async throws {
        let (events, followers) = (20_000, 100)
        var (alone, followed, deliveries): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<options.rounds {
            alone.append(try await fanOut(events, followers: 0).appends)
            let (appends, delivered) = try await fanOut(events, followers: followers)
            followed.append(appends)
            deliveries.append(delivered)
        }
        print("appends in memory, 1 in a batch, as fast as they go")
        report.row("append_memory", "nobody follows", Samples(alone).median, "events/s")
        report.row("append_memory_100_waiting", "100 followers wait", Samples(followed).median, "events/s")
        report.row("deliveries_100_waiting", "  what those get", Samples(deliveries).median, "deliveries/s")
        report.ratio("append_memory_100_waiting_to_none", "  100 to none", ofBest: followed, to: alone)
    }

    /// Appends and deliveries a second; the latter to the moment when the last follower has everything.
    private func fanOut(_ events: Int, followers: Int) async throws -> (appends: Double, deliveries: Double) {
        let (store, session) = (MemoryEventStore(), SessionID())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<followers {
                group.addTask {
                    for try await case .event(let event) in store.follow(session) where event.seq.rawValue == events {
                        return
                    }
                }
            }
            try await ContinuousClock().sleep(for: .milliseconds(20))
            let start = ContinuousClock.now
            for head in 0..<events {
                _ = try await store.append([Self.delta()], to: session, expecting: .exact(SequenceNumber(Int64(head))))
            }
            let appended = (ContinuousClock.now - start) / .seconds(1)
            try await group.waitForAll()
            let all = (ContinuousClock.now - start) / .seconds(1)
            return (Double(events) / appended, Double(events * followers) / all)
        }
    }

    /// How the appends of a session follow each other.
    private enum Pace: String, CaseIterable {
        /// One directly after the other: what is shared with the followers are the processors.
        case burst
        /// One every 10 ms, as when text streams: each append finds everybody waiting and has to wake them.
        case streamed

        func appends(isQuick: Bool, isMemory: Bool) -> Int {
            switch self {
            case .burst: (isMemory ? 10_000 : 1_000) * (isQuick ? 1 : 4)
            case .streamed: isQuick ? 50 : 200
            }
        }

        func rest() async throws {
            if self == .streamed { try await ContinuousClock().sleep(for: .milliseconds(10)) }
        }
    }

    private static let crowd = 1_000

    /// How long a single append takes while 1,000 followers are stuck, or wait, beside the same with nobody.
    func followerLatency(_ report: inout BenchmarkReport) async throws {
        for pace in Pace.allCases {
            print("a single visible append, \(Self.crowd) followers, \(pace)")
            try await followerLatency("memory", pace, &report) { MemoryEventStore() }
            try await followerLatency("sqlite", pace, &report) { try SQLiteEventStore(path: freshPath()) }
        }
    }

    private func followerLatency(
        _ store: String, _ pace: Pace, _ report: inout BenchmarkReport, _ makeStore: () throws -> any EventStore
    ) async throws {
        var rounds: [FollowerCrowd: [Samples]] = [:]
        let appends = pace.appends(isQuick: options.isQuick, isMemory: store == "memory")
        for round in 0..<options.rounds {
            let opened = try makeStore()
            // The order turns, so that none always comes first.
            for index in FollowerCrowd.allCases.indices {
                let crowd = FollowerCrowd.allCases[(index + round) % FollowerCrowd.allCases.count]
                rounds[crowd, default: []].append(try await latencies(of: appends, pace, with: crowd, opened))
            }
            try await opened.close()
        }
        for crowd in FollowerCrowd.allCases {
            let (samples, none) = (rounds[crowd] ?? [], rounds[.none] ?? [])
            let name = "\(store)_\(pace)_\(crowd)"
            for (part, text, goal, value) in [
                ("median", "median", "≤ 1.2", \Samples.median), ("p99", "99th percentile", "≤ 2", \Samples.p99),
            ] {
                let median = Samples(samples.map { $0[keyPath: value] }).median
                report.row("latency_\(name)_\(part)", "\(store), \(crowd): \(text)", median, "µs")
                guard crowd != .none else { continue }
                report.ratio(
                    "latency_\(name)_to_none_\(part)", "  to none",
                    zip(samples, none).map { $0[keyPath: value] / $1[keyPath: value] }, goal: goal)
            }
        }
    }

    /// Microseconds of each append to a fresh session that has a full page of events already.
    private func latencies(
        of appends: Int, _ pace: Pace, with crowd: FollowerCrowd, _ store: any EventStore
    ) async throws -> Samples {
        let session = SessionID()
        // As every session does that appends.
        let lease = try await store.acquireLease(of: session)
        _ = try await store.append(
            (0..<300).map { _ in Self.delta() }, to: session, expecting: .noStream, until: .visible, under: lease)
        return try await crowd.follow(session, in: store, count: Self.crowd) {
            var samples: [Double] = []
            for _ in 0..<appends {
                let drafts = [Self.delta()]
                let start = ContinuousClock.now
                _ = try await store.append(drafts, to: session, expecting: .any, until: .visible, under: lease)
                samples.append((ContinuousClock.now - start) / .microseconds(1))
                try await pace.rest()
            }
            return Samples(samples)
        }
    }
}
