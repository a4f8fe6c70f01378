import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// Several processes over one SQLite file: each appends to a session of its own and follows those of the others.
struct ProcessesBenchmark {
    /// This program: it is started again as each of the processes.
    let program: String
    let seconds: Int

    /// What came out.
    struct Figures {
        var appended = 0
        /// Events that followers in other processes got.
        var delivered = 0
        /// Events that were acknowledged and are not in the log, or that a follower did not get.
        var lost = 0
        /// Appends that were refused since another process had the file. A read or an opening that is refused ends it all.
        var locked = 0
        /// From the append's begin in one process to the delivery in another, in milliseconds: the slowest process.
        var deliveryMedian = 0.0
        var deliveryP99 = 0.0
        /// Single appends, in milliseconds: the slowest process.
        var appendP99 = 0.0
        var processorSeconds: [Double] = []
    }

    static func run(_ arguments: [String]) async throws {
        var (arguments, seconds) = (arguments[...], 60)
        while let argument = arguments.popFirst() {
            guard argument == "--seconds", let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw Main.Usage()
            }
            seconds = value
        }
        let benchmark = ProcessesBenchmark(program: "/proc/self/exe", seconds: seconds)
        try await BenchmarkFolder.with { folder in
            print("before: \(try MachineState(folder: folder))")
            let figures = try await benchmark.followEachOther(in: folder)
            let processors = figures.processorSeconds.map { String(format: "%.2f", $0) }.joined(separator: ", ")
            let figure = BenchmarkReport.figure
            print(
                """
                3 processes, \(seconds) s, each appends every 10 ms and follows the 2 others
                  appended \(figures.appended), delivered \(figures.delivered), lost \(figures.lost), \
                `database is locked` \(figures.locked)
                  delivery between processes: median \(figure(figures.deliveryMedian)) ms, \
                99th percentile \(figure(figures.deliveryP99)) ms
                  append: 99th percentile \(figure(figures.appendP99)) ms
                  processor seconds of each: \(processors)
                """)
            let beside = try await benchmark.besideBusyWriter(in: folder)
            print(
                """
                one process that appends 1,000 events at a time without a pause, another every 10 ms
                  the other's append: 99th percentile \(figure(beside.appendP99)) ms, goal < 100 ms; \
                lost \(beside.lost), `database is locked` \(beside.locked)
                """)
            print("after:  \(try MachineState(folder: folder))")
            guard figures.lost + figures.locked + beside.lost + beside.locked == 0 else {
                throw BenchmarkProblem("events were lost, or a process was refused")
            }
        }
    }

    /// Three processes for the whole time, of which each sees all that the others append.
    func followEachOther(in folder: String) async throws -> Figures {
        let sessions = (0..<3).map { _ in SessionID() }
        let writers = sessions.map { own in
            ProcessWriter(session: own, followed: sessions.filter { $0 != own }, seconds: seconds, batch: 1)
        }
        return try await run(writers, folder + "/processes.sqlite")
    }

    /// One process that never lets go of the file by itself, and one that wants it for a moment again and again. The
    /// appends of the latter are what is measured.
    func besideBusyWriter(in folder: String) async throws -> Figures {
        let writers = [1_000, 1].map {
            ProcessWriter(session: SessionID(), followed: [], seconds: max(2, seconds / 6), batch: $0)
        }
        return try await run(writers, folder + "/busy.sqlite")
    }

    private func run(_ writers: [ProcessWriter], _ path: String) async throws -> Figures {
        let outputs = try await Program.outputs(
            of: program, writers.map { ["process-writer", path] + $0.arguments },
            in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        let reports = try zip(writers, outputs).map { writer, output in
            guard let object = try JSONParser.parse(output).object else {
                throw BenchmarkProblem("a process said '\(output)'")
            }
            return (writer: writer, figures: ProcessWriter.Figures(object))
        }
        var all = Figures()
        let store = try SQLiteEventStore(path: path)
        for (writer, figures) in reports {
            let stored = Int(try await store.head(of: writer.session)?.rawValue ?? 0)
            let expected = reports.filter { writer.followed.contains($0.writer.session) }
                .reduce(0) { $0 + $1.figures.appended }
            all.lost += max(0, figures.appended - stored) + max(0, expected - figures.delivered)
            if let finding = try await store.verify(writer.session) { throw BenchmarkProblem("\(finding)") }
            all.appended += figures.appended
            all.delivered += figures.delivered
            all.locked += figures.locked
            all.deliveryMedian = max(all.deliveryMedian, figures.deliveryMedian)
            all.deliveryP99 = max(all.deliveryP99, figures.deliveryP99)
            if writer.batch == 1 { all.appendP99 = max(all.appendP99, figures.appendP99) }
            all.processorSeconds.append(figures.processorSeconds)
        }
        try await store.close()
        return all
    }
}
