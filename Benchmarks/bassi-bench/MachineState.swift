import BassiEvents
import Foundation

/// How busy the machine is: printed beside figures, since the same program is several times slower on a busy one.
struct MachineState: CustomStringConvertible {
    let load: String
    let processors: Int
    /// The median time of an append of 4 KiB and its fdatasync, in milliseconds.
    let syncMilliseconds: Double

    /// - Parameter folder: On the disk that is measured.
    init(folder: String) throws {
        load = Self.load
        processors = ProcessInfo.processInfo.activeProcessorCount
        syncMilliseconds = try Self.sync(in: folder)
    }

    var description: String {
        "load \(load), \(processors) processors, fdatasync of 4 KiB \(String(format: "%.2f", syncMilliseconds)) ms"
    }

    var json: JSONValue {
        [
            "load": .string(load), "processors": .number(JSONNumber(processors)),
            "fdatasync_ms": BenchmarkReport.number(syncMilliseconds),
        ]
    }

    /// The load average over 1, 5 and 15 minutes.
    static var load: String {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").prefix(3)
            .joined(separator: " ") ?? "unknown"
    }

    /// The memory of this process that is resident now, and the most that ever was, in bytes.
    static var memory: (resident: Int, most: Int) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        func field(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
            return (line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        return (field("VmRSS:"), field("VmHWM:"))
    }

    /// What this process has used of the processors so far.
    static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    static func sync(in folder: String) throws -> Double {
        let path = folder + "/sync"
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
        guard descriptor >= 0 else {
            throw BenchmarkProblem("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 1, count: 4096)
        var samples: [Double] = []
        for _ in 0..<50 {
            let start = ContinuousClock.now
            _ = write(descriptor, block, block.count)
            fdatasync(descriptor)
            samples.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return Samples(samples).median
    }
}

/// Why a benchmark ended without a result, or with one that is not good enough: one sentence.
struct BenchmarkProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A folder for the files of one benchmark; it is removed afterwards.
enum BenchmarkFolder {
    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-bench-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }
}
