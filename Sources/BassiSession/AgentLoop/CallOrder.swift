import BassiEvents

/// Which calls of a message may run at the same time.
///
/// Pure calls run together. A call that changes something waits for all that were asked before it, and those asked
/// after it wait for it: a file is read after it was written, as the model asked.
enum CallOrder {
    /// A call that has not ended.
    struct Slot: Equatable {
        let toolID: ToolID
        let effect: ToolEffect
        /// Whether it is allowed to run.
        let isReady: Bool
        let isRunning: Bool
    }

    /// The calls to start now, of these in the order asked.
    static func startable(_ slots: [Slot], atMost limit: Int) -> [ToolID] {
        var running = slots.count { $0.isRunning }
        var start: [ToolID] = []
        for (index, slot) in slots.enumerated() where slot.isReady && !slot.isRunning && running < limit {
            let earlier = slots[..<index]
            let mustWait = slot.effect == .pure ? earlier.contains { $0.effect != .pure } : !earlier.isEmpty
            if mustWait { continue }
            start.append(slot.toolID)
            running += 1
        }
        return start
    }
}
