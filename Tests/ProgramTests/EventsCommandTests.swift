import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// The built program over a log that this process writes.
@Suite(.timeLimit(.minutes(10))) struct EventsCommandTests {
    let session = SessionID()

    private func ended(_ reason: String) -> EventDraft { EventDraft(.sessionEnded(SessionEnded(reason: reason))) }

    private func withHome(_ body: (Program, SQLiteEventStore) async throws -> Void) async throws {
        try await Program.with { program in
            try FileManager.default.createDirectory(at: program.home, withIntermediateDirectories: true)
            let store = try SQLiteEventStore(path: program.home.appendingPathComponent("bassi.sqlite").path)
            try await body(program, store)
            try await store.close()
        }
    }

    @Test func `the log is printed byte for byte, after a position and by type`() async throws {
        try await withHome { program, store in
            let delta = EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "Grüße\n")))
            let events = try await store.append([ended("1"), delta, ended("3")], to: session, expecting: .noStream)
            let lines = events.map { Data(EventCoder.encode($0) + [0x0A]) }
            let id = session.description
            #expect(try program.run("events", id).output == lines.reduce(Data(), +))
            #expect(try program.run("events", id, "--after", "2").output == lines[2])
            #expect(try program.run("events", id, "--type", "token_delta").output == lines[1])
            let ahead = try program.run("events", id, "--after", "9")
            #expect(ahead.code == 2 && ahead.output.isEmpty && ahead.errors.contains("ends at 3"))
        }
    }

    @Test func `with follow another process sees events while they are appended`() async throws {
        try await withHome { program, store in
            _ = try await store.append([ended("1")], to: session, expecting: .noStream)
            let (process, output) = (program.process(["events", session.description, "--follow"]), Pipe())
            process.standardOutput = output
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
        try await withHome { program, _ in
            for arguments in [["events", SessionID().description], ["events", "x"], ["events"], ["event", "x"]] {
                let result = try program.run(arguments)
                #expect(result.code == 2 && result.output.isEmpty && !result.errors.isEmpty)
            }
            let empty = program.root.appendingPathComponent("other")
            #expect(
                try program.run("events", SessionID().description, environment: ["BASSI_HOME": empty.path]).code == 2)
            #expect(!FileManager.default.fileExists(atPath: empty.path))
        }
    }
}
