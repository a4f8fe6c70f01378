import BassiEvents
import BassiStore
import Foundation

extension SQLiteEventStore {
    /// A page of the log with all that its proof needs, at most 1,000 events: for an export that can be verified
    /// elsewhere.
    public func export(_ session: SessionID, after position: SequenceNumber) async throws -> [ExportedEvent] {
        try await reader.run { try $0.export(session, after: position) }
    }

    /// Takes in a log that was exported, as a session of its own id: all of it or, when a line is not what was written,
    /// nothing.
    ///
    /// - Returns: The session.
    /// - Throws: ``ImportError``, or ``StoreError/conflict(session:expected:actual:)`` when the session is here already.
    public func importLog(at path: String) async throws -> SessionID {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else {
            throw ImportError(path: path, line: nil, reason: "it cannot be read")
        }
        let lines = ExportedLines(data: data)
        do {
            guard let session = try lines.events.first(where: { _ in true })?.decoded().event.sessionID else {
                throw ImportError(path: path, line: nil, reason: "there is no event in it")
            }
            if let head = try await head(of: session) {
                throw StoreError.conflict(session: session, expected: .noStream, actual: head)
            }
            do { try await take(lines, as: session) } catch {
                try await blobs.deleteAll(of: session)
                throw error
            }
            return session
        } catch let refusal as EventRows.Refusal {
            throw ImportError(path: path, line: refusal.line, reason: refusal.reason)
        }
    }

    /// The blobs first: they are durable before the events that name them.
    private func take(_ lines: ExportedLines, as session: SessionID) async throws {
        for line in lines where line.isBlob {
            guard let blob = ExportedBlob(Array(line.bytes)) else {
                throw EventRows.Refusal(line: line.number, reason: "the blob is not what its name says")
            }
            _ = try await blobs.put(blob.bytes, in: session)
        }
        // What a copy shares was linked elsewhere; where, its `session_forked` events say.
        var forks: [Event] = []
        for line in lines.events {
            let event = try line.decoded().event
            if case .sessionForked = event.payload { forks.append(event) }
        }
        let found = forks
        try await writer.transaction(durable: true) { try $0.restore(session, forks: found, lines) }
    }
}

/// Why a log was not taken in.
public struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1; nil for the file as a whole.
    public let line: Int?
    /// What is wrong with it.
    public let reason: String

    /// One sentence for a person.
    public var description: String {
        "'\(path)'\(line.map { ", line \($0)" } ?? ""): \(reason). Nothing was imported"
    }
}

/// The lines of a file that is mapped into memory, one event each; empty ones are passed over.
struct ExportedLines: Sequence, Sendable {
    struct Line {
        let number: Int
        let bytes: Data

        /// Whether it is no event but what an event names.
        var isBlob: Bool { ExportedBlob.isBlob(bytes) }

        func decoded() throws -> ExportedEvent {
            do { return try ExportedEvent(Array(bytes)) } catch {
                throw EventRows.Refusal(line: number, reason: "\(error)")
            }
        }
    }

    let data: Data

    /// The lines that are events.
    var events: some Sequence<Line> { self.lazy.filter { !$0.isBlob } }

    func makeIterator() -> AnyIterator<Line> {
        var (position, number) = (data.startIndex, 0)
        return AnyIterator {
            while position < data.endIndex {
                let end = data[position...].firstIndex(of: 0x0A) ?? data.endIndex
                let line = Line(number: number + 1, bytes: data[position..<end])
                (position, number) = (Swift.min(end + 1, data.endIndex), number + 1)
                if !line.bytes.isEmpty { return line }
            }
            return nil
        }
    }
}
