import BassiEvents

extension EventStore {
    /// Copies a session's blobs to a new one, then forks it: no event may name what is not there. The last position is
    /// known before, so no event of the copy is younger than its blobs.
    package func copyingBlobs(
        of session: SessionID, to child: SessionID, fork: () async throws -> Event
    ) async throws -> Event {
        // One that is there already has blobs of its own, and the fork fails.
        guard try await head(of: child) == nil else { return try await fork() }
        try await blobs.copyAll(from: session, to: child)
        do { return try await fork() } catch {
            if try await head(of: child) == nil { try await blobs.deleteAll(of: child) }
            throw error
        }
    }
}
