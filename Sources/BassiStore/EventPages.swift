import BassiEvents

/// The events of one stream in pages of a fixed size, so that a reader can hold some of them while others are appended:
/// what is copied then is one page and never the stream.
struct EventPages: Sendable {
    private static let eventsPerPage = 64

    private var pages: [[Event]] = []
    private(set) var count = 0

    var first: Event? { pages.first?.first }
    var last: Event? { pages.last?.last }

    /// The first events of a stream, as those of another.
    func prefix(_ count: Int, as session: SessionID) -> EventPages {
        var copy = EventPages()
        for event in pages.joined().prefix(count) { copy.append(event.moved(to: session)) }
        return copy
    }

    mutating func append(_ event: Event) {
        if count % Self.eventsPerPage == 0 {
            pages.append([event])
            pages[pages.count - 1].reserveCapacity(Self.eventsPerPage)
        } else {
            pages[pages.count - 1].append(event)
        }
        count += 1
    }

    /// The pages that hold the first `limit` events after a position, and how many events of them stand before it. The
    /// list is one of its own: whoever holds it makes no append copy the list of all pages.
    func pages(after position: Int, limit: Int) -> (pages: [[Event]], skipped: Int) {
        let first = position / Self.eventsPerPage
        guard position < count, limit > 0 else { return ([], 0) }
        let last = min(pages.count - 1, (position + limit - 1) / Self.eventsPerPage)
        return (Array(pages[first...last]), position % Self.eventsPerPage)
    }
}
