import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// The built program over a log that this process writes.
@Suite(.timeLimit(.minutes(10))) struct EventsCommandTests {
    let session = SessionID()

    private func ended(_ reason: String) -> EventDraft { EventDraft(.sessionEnded(SessionEnded(reason: reason))) }

    private func withHome(_ body: (URL, SQLiteEventStore) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        let store = try SQLiteEventStore(path: home.appendingPathComponent("bassi.sqlite").path)
        try await body(home, store)
        try await store.close()
    }

    private func program(_ arguments: [String], home: URL) -> (Process, Pipe, Pipe) {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = Program.url
        process.arguments = arguments
        process.environment = ["BASSI_HOME": home.path]
        process.standardOutput = output
        process.standardError = errors
        return (process, output, errors)
    }

    private func run(_ arguments: [String], home: URL) throws -> (code: Int32, output: Data, errors: String) {
        let (process, output, errors) = program(arguments, home: home)
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, data, String(decoding: text, as: UTF8.self))
    }

    @Test func `the log is printed byte for byte, after a position and by type`() async throws {
        try await withHome { home, store in
            let delta = EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "Grüße\n")))
            let events = try await store.append([ended("1"), delta, ended("3")], to: session, expecting: .noStream)
            let lines = events.map { Data(EventCoder.encode($0) + [0x0A]) }
            let id = session.description
            #expect(try run(["events", id], home: home).output == lines.reduce(Data(), +))
            #expect(try run(["events", id, "--after", "2"], home: home).output == lines[2])
            #expect(try run(["events", id, "--type", "token_delta"], home: home).output == lines[1])
            let ahead = try run(["events", id, "--after", "9"], home: home)
            #expect(ahead.code == 2 && ahead.output.isEmpty && ahead.errors.contains("ends at 3"))
        }
    }

    @Test func `with follow another process sees events while they are appended`() async throws {
        try await withHome { home, store in
            _ = try await store.append([ended("1")], to: session, expecting: .noStream)
            let (process, output, _) = program(["events", session.description, "--follow"], home: home)
            try process.run()
            defer { process.terminate() }
            var expected = Data()
            var seen = Data()
            for position: Int64 in 1...20 {
                _ = try await store.append([ended("x")], to: session, expecting: .exact(SequenceNumber(position)))
                expected = try await store.read(session).reduce(into: Data()) {
                    $0 += EventCoder.encode($1) + [0x0A]
                }
                while seen.count < expected.count { seen += output.fileHandleForReading.availableData }
                #expect(seen == expected)
            }
        }
    }

    @Test func `an unknown session, a wrong id and a missing log are wrong usage and make nothing`() async throws {
        try await withHome { home, _ in
            for arguments in [["events", SessionID().description], ["events", "x"], ["events"], ["event", "x"]] {
                let result = try run(arguments, home: home)
                #expect(result.code == 2 && result.output.isEmpty && !result.errors.isEmpty)
            }
            let empty = home.appendingPathComponent("other")
            #expect(try run(["events", SessionID().description], home: empty).code == 2)
            #expect(!FileManager.default.fileExists(atPath: empty.path))
        }
    }
}
