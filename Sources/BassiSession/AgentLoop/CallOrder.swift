import BassiEvents

/// Which calls of a message may run at the same time.
///
/// Pure calls run together. A call that changes something waits for all that were asked before it, and those asked
/// after it wait for it: a file is read after it was written, as the model asked. Sub-agents work at the same time as each
/// other, and beside nothing else.
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
    ///
    /// - Parameters:
    ///   - limit: calls that may run at the same time.
    ///   - agents: sub-agents that may, which count by themselves.
    static func startable(_ slots: [Slot], atMost limit: Int, agents: Int) -> [ToolID] {
        var running = slots.count { $0.isRunning && $0.effect != .resumable }
        var working = slots.count { $0.isRunning && $0.effect == .resumable }
        var start: [ToolID] = []
        for (index, slot) in slots.enumerated() where slot.isReady && !slot.isRunning {
            let isAgent = slot.effect == .resumable
            if isAgent ? working >= agents : running >= limit { continue }
            if slots[..<index].contains(where: { !mayRunTogether($0.effect, slot.effect) }) { continue }
            start.append(slot.toolID)
            if isAgent { working += 1 } else { running += 1 }
        }
        return start
    }

    private static func mayRunTogether(_ earlier: ToolEffect, _ later: ToolEffect) -> Bool {
        earlier == later && (later == .pure || later == .resumable)
    }
}
