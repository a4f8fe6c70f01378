import BassiEvents
import Testing

@testable import BassiSession

@Suite struct SessionStateTests {
    let now = Timestamp(milliseconds: 1_769_850_910_000)

    @Test func `after a crash at every event the log keeps its rules and a second recovery changes nothing`() throws {
        for end in 1...SampleLog.payloads.count {
            var log = SampleLog.log(of: Array(SampleLog.payloads[..<end]))
            let state = SessionState(folding: log)
            let recovery = state.closing(as: .interrupted(.nodeLost), at: now)
            #expect(recovery.isEmpty == (state.run == nil), "after event \(end)")
            for cut in 0...recovery.count {
                log = SampleLog.log(of: SampleLog.payloads[..<end] + recovery[..<cut])
                let resumed = SessionState(folding: log).closing(as: .interrupted(.nodeLost), at: now)
                #expect(Array(recovery[cut...]) == resumed, "a crash after \(cut) events of the recovery at \(end)")
            }
            let recovered = SampleLog.log(of: SampleLog.payloads[..<end] + recovery)
            #expect(throws: Never.self) { try LogRules.check(recovered) }
        }
    }

    @Test func `a cancel at every event closes everything, also after a crash`() throws {
        let actor = Actor(kind: .user, client: "cli")
        for end in 1...SampleLog.payloads.count {
            for crashed in [false, true] {
                var payloads = Array(SampleLog.payloads[..<end])
                if crashed { payloads += closing(payloads, .interrupted(.nodeLost)) }
                payloads += closing(payloads, .cancelled(reason: "user", by: actor))
                let log = SampleLog.log(of: payloads)
                let state = SessionState(folding: log)
                #expect(state.run == nil && state.calls.isEmpty && state.blocks.isEmpty && state.request == nil)
                #expect(throws: Never.self) { try LogRules.check(log) }
                #expect(SampleLog.unansweredCalls(log).isEmpty, "cancelled after event \(end), crashed: \(crashed)")
            }
        }
    }

    @Test func `only a write call is in doubt after a crash`() {
        let effects: [ToolEffect] = [.pure, .idempotent, .resumable, .write]
        for effect in effects {
            let payloads = SampleLog.untilCallStarted(effect: effect)
            let outcomes = closing(payloads, .interrupted(.nodeLost)).compactMap { payload -> ToolFailureOutcome? in
                if case .toolCallFailed(let failed) = payload { failed.outcome } else { nil }
            }
            #expect(outcomes == (effect == .write ? [.inDoubt] : []))
        }
    }

    @Test func `what had arrived of a block stands in its interrupted end`() {
        let payloads = SampleLog.untilDeltas(["Gr", "üße"])
        guard case .contentBlockEnd(let end)? = closing(payloads, .interrupted(.shutdown)).first else {
            Issue.record("no block end")
            return
        }
        #expect(end.text == "Grüße")
        #expect(end.interrupted == true)
    }

    @Test func `a call of a message that was cut is never pending`() {
        var payloads = SampleLog.untilToolAsked()
        #expect(SessionState(folding: SampleLog.log(of: payloads)).calls.count == 1)
        payloads.append(.requestEnded(RequestEnded(attempt: 1, outcome: .cut)))
        #expect(SessionState(folding: SampleLog.log(of: payloads)).calls.isEmpty)
    }

    private func closing(_ payloads: [EventPayload], _ reason: ClosingReason) -> [EventPayload] {
        SessionState(folding: SampleLog.log(of: payloads)).closing(as: reason, at: now)
    }
}
