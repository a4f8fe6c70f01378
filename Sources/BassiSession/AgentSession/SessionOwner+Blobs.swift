import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// What a call takes and gives that is too large for an event.
extension SessionOwner {
    /// Why a call of an owner that died cannot be run: the log has not all of its input.
    func lostInput(of call: OpenCall) -> ToolError? {
        let inputs = [call.input, state.answers[call.toolID]?.modifiedInput].compactMap { $0?.text }
        if inputs.contains(where: { $0.contains(Redactor.mark) }) {
            let sentence = "the input had a secret, which is not in the log, so this call cannot be run from it"
            return ToolError("redacted_input", sentence)
        }
        guard inputs.contains(where: { $0.contains(BlobPreview.mark) }) else { return nil }
        return ToolError("lost_input", "a part of the input is lost, so this call cannot be run from the log")
    }

    /// A call has one end, also when what it gave cannot be stored: then the model is told why it does not see it.
    func appendEnd(
        _ end: EventPayload, of request: ToolCallRequest, _ milliseconds: Int, until durability: Durability
    ) async throws {
        do { try await append([end], until: durability) } catch let error as BlobError {
            let lost = ToolError("result_not_stored", "The call has ended, but what it gave was not stored: \(error)")
            let failed = failure(request.toolID, request.toolName, lost, milliseconds: milliseconds)
            try await append([.toolCallFailed(failed)], until: .durable)
        }
    }
}
