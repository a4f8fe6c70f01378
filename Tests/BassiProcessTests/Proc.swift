import Foundation

/// What the kernel says of processes.
enum Proc {
    /// "S" sleeps, "R" runs, "Z" is dead and not reaped; empty when there is no such process.
    static func state(of pid: pid_t) -> String {
        fields(of: pid).first ?? ""
    }

    /// All that it has ever written, to whatever.
    static func writtenBytes(of pid: pid_t) -> Int {
        let lines = text("/proc/\(pid)/io").split(separator: "\n")
        return lines.first { $0.hasPrefix("wchar: ") }.flatMap { Int($0.dropFirst(7)) } ?? 0
    }

    /// Supervisors of this process that are dead and not reaped.
    static func zombieSupervisors() -> [pid_t] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { pid_t($0) }.filter { pid in
            let fields = fields(of: pid)
            return fields.count > 1 && fields[0] == "Z" && fields[1] == "\(getpid())"
        }
    }

    /// How many pipes and sockets this process has open.
    static func openPipesAndSockets() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let targets = names.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        return targets.count { $0.hasPrefix("pipe:") || $0.hasPrefix("socket:") }
    }

    /// After the name: state, parent, group, session …
    private static func fields(of pid: pid_t) -> [String] {
        let stat = text("/proc/\(pid)/stat")
        guard let end = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: end)...].split(separator: " ").map(String.init)
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
