import BassiEvents

extension Event {
    /// The text of coalesced deltas has at most so many bytes, so that a follower's memory stays bounded.
    static let coalescedBytesMax = 256 << 10

    /// This event and those directly after it in `page` that go on with the same text, as one; they are taken out of
    /// `page`. An event that is no delta, or has no such neighbour, comes back as it is.
    ///
    /// The envelope is that of the last. Whatever it says but id, position and time is the same for all of them.
    func coalesced(withFirstOf page: inout ArraySlice<Event>) -> Event {
        guard !isErased, let delta = DeltaText(payload) else { return self }
        var (text, last) = (delta.text, self)
        while let next = page.first, next.continues(last), let more = DeltaText(next.payload),
            more.place == delta.place, text.utf8.count + more.text.utf8.count <= Self.coalescedBytesMax
        {
            text += more.text
            last = next
            page.removeFirst()
        }
        if last.seq == seq { return self }
        return last.standing(for: DeltaText(place: delta.place, text: text), from: firstSeq ?? seq)
    }

    /// Whether nothing lies between the two, and both have the same envelope but for id, position and time.
    private func continues(_ other: Event) -> Bool {
        !isErased && (firstSeq ?? seq) == other.seq.next && runID == other.runID && causeSeq == other.causeSeq
            && schema == other.schema
    }

    private func standing(for delta: DeltaText, from first: SequenceNumber) -> Event {
        let whole = delta.payload
        let draft = EventDraft(
            whole, bytes: whole.encoded, runID: runID, causeSeq: causeSeq, id: id, timestamp: timestamp, schema: schema)
        return Event(draft, sessionID: sessionID, seq: seq, firstSeq: first)
    }
}

/// The text of a delta, and what it is a part of.
private struct DeltaText {
    enum Place: Equatable {
        case block(BlockID)
        case output(ToolID, ToolStream)
    }

    let place: Place
    let text: String

    init(place: Place, text: String) {
        self.place = place
        self.text = text
    }

    /// Nil for what is no delta, which is never joined to anything.
    init?(_ payload: EventPayload) {
        switch payload {
        case .tokenDelta(let delta): self.init(place: .block(delta.blockID), text: delta.delta)
        case .toolOutputDelta(let delta): self.init(place: .output(delta.toolID, delta.stream), text: delta.delta)
        default: return nil
        }
    }

    var payload: EventPayload {
        switch place {
        case .block(let block): .tokenDelta(TokenDelta(blockID: block, delta: text))
        case .output(let tool, let stream): .toolOutputDelta(ToolOutputDelta(toolID: tool, stream: stream, delta: text))
        }
    }
}
