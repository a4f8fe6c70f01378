import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// What a call takes and gives that is too large for an event.
extension SessionOwner {
    var keeping: OutputKeeping { OutputKeeping(session: id, redactor: redactor, blobs: blobs) }
    var changeKeeping: FileChangeKeeping { FileChangeKeeping(session: id, redactor: redactor, blobs: blobs) }
    var cutCalls: CutCalls { CutCalls(of: id, in: configuration.folder, redactor, store) }

    /// Why a call of an owner that died cannot be run: the log has not all of its input.
    func lostInput(of call: OpenCall) -> ToolError? {
        let inputs =
            [call.input, state.answers[call.toolID]?.modifiedInput].compactMap { $0?.text } + call.places.map(\.place)
        if inputs.contains(where: { $0.contains(Redactor.mark) }) {
            let sentence = "the input had a secret, which is not in the log, so this call cannot be run from it"
            return ToolError("redacted_input", sentence)
        }
        guard inputs.contains(where: { $0.contains(BlobPreview.mark) }) else { return nil }
        return ToolError("lost_input", "a part of the input is lost, so this call cannot be run from the log")
    }

    /// What a call did to files while nothing was taken any more: the lease is still held, so it still goes into the log.
    func keepLate(_ changes: [EventPayload], of run: RunID?) async {
        // The session has ended: nobody is left to be told that its store takes nothing.
        try? await append(changes, run: run, until: .durable)
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

/// Keeps what a tool left out of its result, for people: in the call's own task, since it may be long.
struct OutputKeeping: Sendable {
    let session: SessionID
    let redactor: Redactor
    let blobs: any BlobStore

    /// The result with the name of the blob that has all of it. The call has happened, so a full disk is no failure of
    /// it, but it is said.
    func keepWhole(_ result: Result<ToolResult, ToolError>) async -> Result<ToolResult, ToolError> {
        guard case .success(var value) = result, let whole = value.whole, let truncated = value.truncated else {
            return result
        }
        value.whole = nil
        do {
            let name = try await blobs.put(Array(redactor.redact(whole).utf8), in: session)
            value.truncated = Truncation(
                totalBytes: truncated.totalBytes, keptBytes: truncated.keptBytes, file: name.description)
        } catch {
            value.content.append(.text("(what was left out is not kept: \(error))"))
        }
        return .success(value)
    }
}
