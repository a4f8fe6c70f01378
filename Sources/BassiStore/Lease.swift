import BassiEvents

/// The right to append to a session: one owner at a time, on one machine and over many.
///
/// Every append under a lease carries its epoch, and a stale one is refused in the statement of the append: an owner
/// that was stopped, and whose session another has taken over meanwhile, cannot write when it wakes up.
public struct Lease: Sendable, Equatable {
    /// The session.
    public let session: SessionID
    /// Rises with every new owner.
    public let epoch: Int64

    /// A lease, as a store gives it.
    public init(session: SessionID, epoch: Int64) {
        self.session = session
        self.epoch = epoch
    }
}
