import BassiEvents
import BassiModels
import BassiStore

/// The log of a session, and what is folded from it.
extension SessionOwner {
    /// Appends, and folds what was appended. The version is exact: when somebody else has appended, this owner has
    /// lost the session and ends. Secrets are taken out here, deltas have lost theirs before, over their pieces; and
    /// what is too large for an event goes into the blob store, while the fold goes on with the whole.
    func append(
        _ payloads: [EventPayload], run: RunID? = nil, cause: SequenceNumber? = nil,
        until durability: Durability = .visible
    ) async throws {
        guard !payloads.isEmpty else { return }
        let (drafts, wholes) = try await drafting.drafts(
            of: payloads.flatMap(DeltaPieces.pieces), runID: run ?? state.run?.id, causeSeq: cause)
        let version = state.head == .start ? ExpectedVersion.noStream : .exact(state.head)
        let events = try await store.append(drafts, to: id, expecting: version, until: durability, under: lease)
        for (event, whole) in zip(events, wholes) {
            let event = event.with(whole)
            state.apply(event)
            conversation?.apply(event)
            noteUse(after: event.payload)
        }
    }

    /// What the model is sent next.
    func messages() async throws -> [ModelMessage] { try await foldedConversation().messages }

    /// What the model said last.
    func lastText() async throws -> String { try await foldedConversation().lastText }

    /// A session that was opened from a snapshot reads it when it is needed first.
    private func foldedConversation() async throws -> Conversation {
        if let conversation { return conversation }
        let folded = try await OpenedSession.conversation(of: id, upTo: state.head, in: store)
        conversation = folded
        return folded
    }

    /// Beside what goes on, and never in its way: a snapshot that could not be kept is one that is not there.
    func keepSnapshotIfDue() {
        let count = state.head.rawValue - snapshotSeq.rawValue
        guard count >= OpenedSession.eventsPerSnapshot, !isKeepingSnapshot, failure == nil else { return }
        isKeepingSnapshot = true
        let head = state.head
        launch { [id, store, weak self] in
            let kept = try? await OpenedSession.keepSnapshot(of: id, in: store)
            await self?.hasKeptSnapshot(upTo: kept ?? head)
        }
    }

    private func hasKeptSnapshot(upTo seq: SequenceNumber) {
        snapshotSeq = seq
        isKeepingSnapshot = false
    }
}
