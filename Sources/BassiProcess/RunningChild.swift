import CBassiProcess
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// A started command: what can end it, and how it ended.
final class RunningChild: Sendable {
    /// Why everything had to end. The first reason stays.
    enum Reason: Sendable {
        case timedOut, cancelled, outputFailed
    }

    private struct State {
        var reason: Reason?
        var isFinished = false
        var isInputClosed = false
        var timer: (any DispatchSourceTimer)?
    }

    let child: bassi_child
    private let limits: ProcessLimits
    private let state = Mutex(State())
    private static let timers = DispatchQueue(label: "bassi.child-timers")
    /// More than the supervisor takes from SIGTERM to its report, less than the 1.5 s after the grace that are promised.
    private static let answer_ms: Int32 = 1400
    /// Seconds that a supervisor may go on ending processes.
    private static let workingRoundsMax = 16

    init(_ child: bassi_child, _ limits: ProcessLimits) {
        self.child = child
        self.limits = limits
        guard let timeout = limits.timeout else { return }
        schedule(afterMilliseconds: timeout.boundedMilliseconds) { $0.end(.timedOut) }
    }

    var reason: Reason? { state.withLock(\.reason) }

    /// Asks the supervisor to end everything; returns at once. Only the first reason counts.
    func end(_ reason: Reason) {
        let isFirst = state.withLock { state in
            guard state.reason == nil, !state.isFinished else { return false }
            state.reason = reason
            // In the lock, because the descriptor and the pid are ours only until `finish`.
            bassi_ask_to_end(child.supervisor, child.control)
            return true
        }
        guard isFirst else { return }
        let milliseconds = Int64(limits.gracePeriod.boundedMilliseconds) + Int64(Self.answer_ms)
        schedule(afterMilliseconds: Int32(clamping: milliseconds)) { $0.giveUp() }
    }

    /// The supervisor does not answer: the command may have stopped it again and again. One that is at work is left to it:
    /// thousands of processes take a while, and without it nobody would end them.
    private func giveUp(afterMore rounds: Int = 0) {
        let isWorking = state.withLock { state in
            guard !state.isFinished else { return false }
            if rounds < Self.workingRoundsMax, bassi_has_many_processes(child.supervisor) != 0 { return true }
            bassi_kill_supervisor(child.supervisor)
            return false
        }
        if isWorking { schedule(afterMilliseconds: 1000) { $0.giveUp(afterMore: rounds + 1) } }
    }

    /// The command reads the end of its input.
    func closeInput() {
        let mustClose = state.withLock { state in
            defer { state.isInputClosed = true }
            return !state.isInputClosed && child.input >= 0
        }
        if mustClose { close(child.input) }
    }

    /// Closes all descriptors and reaps the supervisor, which has ended or is ending.
    func finish() async {
        state.withLock { state in
            state.isFinished = true
            state.timer?.cancel()
            state.timer = nil
        }
        closeInput()
        for descriptor in [child.control, child.output, child.error] { close(descriptor) }
        await Spawner.reap(child.supervisor)
    }

    private func schedule(afterMilliseconds delay: Int32, _ body: @escaping @Sendable (RunningChild) -> Void) {
        let timer = DispatchSource.makeTimerSource(queue: Self.timers)
        timer.setEventHandler { [weak self] in self.map(body) }
        timer.schedule(deadline: .now() + .milliseconds(Int(delay)))
        timer.activate()
        state.withLock { state in
            state.timer?.cancel()
            if state.isFinished { timer.cancel() } else { state.timer = timer }
        }
    }
}
