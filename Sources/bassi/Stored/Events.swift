import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore
import Foundation

/// `bassi events`: the log of a session as JSON Lines, the same bytes for every reader.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a session's event log as JSON Lines.")

    @OptionGroup var target: SessionArgument

    @Option(help: "Print what comes after this position.")
    var after: Int64 = 0

    @Flag(help: "Go on with what is appended from now on, also by another process, until interrupted.")
    var follow = false

    @Option(name: .customLong("type"), help: "Print events of this type only. May be given several times.")
    var types: [String] = []

    @OptionGroup var place: StoreOptions

    func validate() throws {
        guard after >= 0 else { throw ValidationError("--after takes a position: 0, 1, 2, …") }
    }

    func run() async throws {
        let id = try target.id
        guard let store = try place.openExisting(), try await store.head(of: id) != nil else {
            throw SessionError.unknownSession(id)
        }
        guard types.isEmpty else { return try await follow(id, after: SequenceNumber(after), store) }
        // What is stored is passed on as it is; what comes then is followed.
        guard let position = try await printStored(id, store), follow else { return try await store.close() }
        try await follow(id, after: position, store)
    }

    /// Prints what is stored. Gives where that ends; nil when whoever read has left, as `head` does: that is no failure.
    private func printStored(_ id: SessionID, _ store: any EventStore) async throws -> SequenceNumber? {
        var position = SequenceNumber(after)
        if let head = try await store.head(of: id), head < position { throw Self.ahead(head, after) }
        while true {
            let lines = try await store.lines(id, after: position, where: .all, limit: 1000)
            guard let last = lines.last else { return position }
            var (bytes, start): ([UInt8], Int) = ([], 0)
            for place in lines.places {
                if place.seq > position.next {
                    bytes += Self.compacted(from: position.next, to: place.seq.previous)
                }
                bytes += lines.bytes[start..<place.end]
                (position, start) = (place.seq, place.end)
            }
            guard await Standard.send(bytes) else { return nil }
            position = last
        }
    }

    private func follow(_ id: SessionID, after position: SequenceNumber, _ store: any EventStore) async throws {
        let filter = types.isEmpty ? EventFilter.all : .types(Set(types))
        for try await delivery in store.follow(id, after: position, where: filter) {
            switch delivery {
            case .event(let event), .erased(let event):
                guard await Standard.send(EventCoder.encode(event) + [0x0A]) else { return try await store.close() }
            case .compacted(let from, let to):
                guard await Standard.send(Self.compacted(from: from, to: to)) else { return try await store.close() }
            case .caughtUp where !follow: return try await store.close()
            case .ahead(let head): throw Self.ahead(head, after)
            case .caughtUp, .unknownStream, .lagged, .disconnected: break
            }
        }
    }

    private static func ahead(_ head: SequenceNumber, _ after: Int64) -> ExitWith {
        .usage("the log ends at \(head), before --after \(after)")
    }

    /// The deltas of these positions are gone; a hole is never silent.
    private static func compacted(from: SequenceNumber, to: SequenceNumber) -> [UInt8] {
        let note: JSONValue = [
            "type": "compacted", "from": .number(JSONNumber(from.rawValue)), "to": .number(JSONNumber(to.rawValue)),
        ]
        return note.encoded + [0x0A]
    }
}
