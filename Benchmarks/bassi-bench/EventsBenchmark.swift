import BassiEvents
import Foundation

/// Encoding and decoding of a token delta, beside Foundation's coders on the same members in the same run.
enum EventsBenchmark {
    static func run() throws {
        let event = sample()
        let plain = PlainDelta(event)
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        let line = EventCoder.encode(event)
        let plainLine = try encoder.encode(plain)

        let ours = rate { EventCoder.encode(event).count }
        let payload = rate { event.payload.encoded.count }
        let foundation = try rate { try encoder.encode(plain).count }
        let decoded = try rate { try EventCoder.decode(line).payloadBytes.count }
        let foundationDecoded = try rate { try decoder.decode(PlainDelta.self, from: plainLine).delta.utf8.count }
        let identifiers = rate { Int(truncatingIfNeeded: UUIDv7().low) }

        row("envelope around stored payload", ours, against: foundation)
        row("payload of a token delta", payload, against: foundation)
        row("decode a line", decoded, against: foundationDecoded)
        row("UUIDv7", identifiers, against: identifiers)
        print("Foundation: encode \(Int(foundation))/s, decode \(Int(foundationDecoded))/s")
    }

    /// Calls a second, the best of five fifths, so that a busy machine disturbs less.
    private static func rate(_ body: () throws -> Int) rethrows -> Double {
        var best = 0.0
        var sink = 0
        for _ in 0..<5 {
            let clock = ContinuousClock()
            let start = clock.now
            var calls = 0
            while clock.now - start < .milliseconds(200) {
                for _ in 0..<500 { sink &+= try body() }
                calls += 500
            }
            let seconds = (clock.now - start) / .seconds(1)
            best = max(best, Double(calls) / seconds)
        }
        precondition(sink != 0)
        return best
    }

    private static func row(_ name: String, _ rate: Double, against other: Double) {
        print("\(name): \(Int(rate))/s, \(String(format: "%.1f", rate / other)) × Foundation")
    }

    private static func sample() -> Event {
        let delta = TokenDelta(blockID: "018f4b1e-1", delta: "The test counts from one, but the parser ")
        return Event(EventDraft(.tokenDelta(delta), runID: RunID()), sessionID: SessionID(), seq: 812)
    }
}

/// The same members as Foundation's coders would have them.
private struct PlainDelta: Codable {
    let type: String
    let event_id: String
    let session_id: String
    let seq: Int64
    let run_id: String?
    let timestamp: String
    let block_id: String
    let delta: String

    init(_ event: Event) {
        type = event.payload.type
        event_id = event.id.description
        session_id = event.sessionID.description
        seq = event.seq.rawValue
        run_id = event.runID?.description
        timestamp = event.timestamp.description
        block_id = "018f4b1e-1"
        delta = "The test counts from one, but the parser "
    }
}
