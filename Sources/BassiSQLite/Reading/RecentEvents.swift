import BassiEvents
import Synchronization

/// The last events of the streams that this process appends to, so that who follows them live does not go to the
/// database for each. Bounded for each stream; dropped when the session is let go.
///
/// Which of the two served a reader cannot be observed: what is here has been committed, and stays as it is.
final class RecentEvents: Sendable {
    private static let eventsMax = 512
    private static let bytesMax = 1 << 20

    private struct Stream {
        var events: [Event] = []
        /// Where in `events` the first one is that is still held: dropping one by one does not move the rest.
        var start = 0
        var bytes = 0
    }

    private let streams = Mutex<[SessionID: Stream]>([:])

    /// Takes what was just committed to a stream that this process owns.
    func add(_ events: [Event], of session: SessionID) {
        guard let first = events.first else { return }
        streams.withLock { streams in
            guard var stream = streams.removeValue(forKey: session) else { return }
            // Somebody else has appended in between.
            if let last = stream.events.last, last.seq.next != first.seq { stream = Stream() }
            stream.events += events
            stream.bytes += events.reduce(0) { $0 + $1.payloadBytes.count }
            Self.trim(&stream)
            streams[session] = stream
        }
    }

    private static func trim(_ stream: inout Stream) {
        while stream.events.count - stream.start > eventsMax || stream.bytes > bytesMax,
            stream.start < stream.events.count
        {
            stream.bytes -= stream.events[stream.start].payloadBytes.count
            stream.start += 1
        }
        if stream.start > eventsMax {
            stream.events.removeFirst(stream.start)
            stream.start = 0
        }
    }

    /// Holds the events of this stream from now on.
    func begin(_ session: SessionID) { streams.withLock { $0[session] = Stream() } }

    /// Holds none of its events any more.
    func end(_ session: SessionID) { streams.withLock { _ = $0.removeValue(forKey: session) } }

    /// Forgets what is held of all streams, as when some of it was erased.
    func forget() { streams.withLock { streams in for key in streams.keys { streams[key] = Stream() } } }

    /// The events after a position, at most `limit` of them; nil when the next one is not here. They are copied: a reader
    /// that held a part of the list would make the next append copy all of it.
    func read(_ session: SessionID, after position: SequenceNumber, limit: Int) -> [Event]? {
        streams.withLock { streams in
            guard let stream = streams[session], stream.start < stream.events.count else { return nil }
            let first = stream.events[stream.start].seq.rawValue
            let offset = Int(position.rawValue + 1 - first)
            guard offset >= 0, stream.start + offset < stream.events.count else { return nil }
            return Array(stream.events[(stream.start + offset)...].prefix(max(0, limit)))
        }
    }
}
