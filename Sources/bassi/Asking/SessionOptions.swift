import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore
import BassiWorkspace
import Foundation

/// Which session, where it is kept, and in which folder it works.
struct SessionOptions: ParsableArguments {
    @Flag(name: [.customShort("c"), .customLong("continue")], help: "Go on with the latest session of this folder.")
    var continues = false

    @Option(
        name: [.customShort("r"), .customLong("resume")],
        help: ArgumentHelp("Go on with this session; without a value, list them.", valueName: "session"))
    var resume: String?

    @Flag(help: .hidden)
    var listToResume = false

    @Option(help: ArgumentHelp("Use this id for the new session.", valueName: "uuid"))
    var sessionID: String?

    @Option(help: ArgumentHelp("Go on with a copy of a session, up to an event.", valueName: "session[@seq]"))
    var fork: SessionPlace?

    @Option(help: ArgumentHelp("Watch and steer a session that another process runs.", valueName: "session"))
    var attach: String?

    @Option(
        help: ArgumentHelp("With -p: the same key again sends nothing and prints the same result.", valueName: "key"))
    var idempotencyKey: String?

    @OptionGroup var place: StoreOptions

    @Option(help: ArgumentHelp("Work in this folder.", valueName: "dir"))
    var cwd: String?

    func validate() throws {
        let ways = [continues, resume != nil, fork != nil, attach != nil].count { $0 }
        if ways > 1 { throw ValidationError("--continue, --resume, --fork and --attach exclude each other") }
        if sessionID != nil, continues || resume != nil || attach != nil {
            throw ValidationError("--session-id is for a new session: --continue, --resume and --attach name one")
        }
        if let attach, SessionID(attach) == nil { throw ValidationError("'\(attach)' is not a session's id") }
        if let idempotencyKey, !(1...200).contains(idempotencyKey.utf8.count) {
            throw ValidationError("--idempotency-key takes 1 to 200 bytes")
        }
        if let resume, SessionID(resume) == nil { throw ValidationError("'\(resume)' is not a session's id") }
        if let sessionID, SessionID(sessionID) == nil { throw ValidationError("'\(sessionID)' is not a UUID") }
    }

    /// Whether there is something to go on with when nobody says anything.
    var goesOn: Bool { continues || resume != nil || fork != nil }

    /// `--resume` without a session is a question: which one?
    static func withListForBareResume(_ arguments: [String]) -> [String] {
        guard let at = arguments.firstIndex(where: { $0 == "-r" || $0 == "--resume" }) else { return arguments }
        let isBare = at + 1 == arguments.count || arguments[at + 1].hasPrefix("-")
        guard isBare else { return arguments }
        return arguments[..<at] + ["--list-to-resume"] + arguments[(at + 1)...]
    }

    /// The folder, absolute and with its links resolved.
    func folder() throws -> String {
        let path = cwd ?? FileManager.default.currentDirectoryPath
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder), isFolder.boolValue else {
            throw ExitWith.usage("there is no folder '\(path)'")
        }
        return URL(fileURLWithPath: absolute).resolvingSymlinksInPath().path
    }
}

/// Where the log is.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the log is: sqlite:PATH (default: in the home of Bassi) or memory:.", valueName: "url"))
    var store: String?

    /// Opens the store; makes it when it is not there.
    func open() throws -> any EventStore {
        switch try location() {
        case .memory: return MemoryEventStore()
        case .file(let path): return try SQLiteEventStore(path: path, key: try Self.key())
        case .home(let home):
            try home.create()
            return try SQLiteEventStore(path: home.eventLog, key: try Self.key())
        }
    }

    /// Opens the store; nil when nothing was ever stored there.
    func openExisting() throws -> (any EventStore)? {
        let path = try path()
        return FileManager.default.fileExists(atPath: path) ? try SQLiteEventStore(path: path, key: Self.key()) : nil
    }

    /// A session that is there, and its store.
    func openExisting(_ session: SessionID) async throws -> (store: any EventStore, session: StoredSession) {
        guard let store = try openExisting(), let stored = try await store.session(session) else {
            throw SessionError.unknownSession(session)
        }
        return (store, stored)
    }

    /// What the store takes on the disk, in bytes.
    var bytes: Int {
        guard let path = try? path() else { return 0 }
        return ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    private func path() throws -> String {
        switch try location() {
        case .memory: ""
        case .file(let path): path
        case .home(let home): home.eventLog
        }
    }

    /// The key that the ends of runs are signed with, when `BASSI_LOG_KEY_FILE` names one.
    private static func key() throws -> LogKey? {
        guard let path = ProcessInfo.processInfo.environment["BASSI_LOG_KEY_FILE"], !path.isEmpty else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExitWith.usage("the key of the log cannot be read: BASSI_LOG_KEY_FILE names '\(path)'")
        }
        guard let key = LogKey(Array(data)) else {
            throw ExitWith.usage(
                "the key of the log in '\(path)' is shorter than \(LogKey.bytesMin) bytes: "
                    + "make one with `head -c 32 /dev/urandom > FILE`")
        }
        return key
    }

    private enum Location {
        case memory
        case file(String)
        case home(Home)
    }

    private func location() throws -> Location {
        let environment = ProcessInfo.processInfo.environment
        guard let url = store ?? environment["BASSI_STORE"], !url.isEmpty else {
            return .home(try Home(environment: environment))
        }
        if url == "memory:" { return .memory }
        if url.hasPrefix("sqlite:"), url.count > 7 { return .file(String(url.dropFirst(7))) }
        throw ExitWith.usage("'\(url)' is no store: use sqlite:PATH or memory:")
    }
}
