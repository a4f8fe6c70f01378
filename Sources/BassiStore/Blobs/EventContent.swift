import BassiEvents
import Foundation

extension EventPayload {
    /// The blocks of content of a prompt or a result; nil for what has none.
    var content: [ContentBlock]? {
        switch self {
        case .promptReceived(let prompt): prompt.content
        case .toolCallCompleted(let call): call.result
        case .toolCallFailed(let call): call.result
        default: nil
        }
    }

    /// The same with other blocks.
    func with(content: [ContentBlock]) -> EventPayload {
        switch self {
        case .promptReceived(let prompt):
            .promptReceived(
                PromptReceived(
                    content: content, source: prompt.source, modelPreference: prompt.modelPreference,
                    planMode: prompt.planMode, idempotencyKey: prompt.idempotencyKey, delivery: prompt.delivery))
        case .toolCallCompleted(let call):
            .toolCallCompleted(
                ToolCallCompleted(
                    toolID: call.toolID, toolName: call.toolName, result: content, structured: call.structured,
                    durationMilliseconds: call.durationMilliseconds, truncated: call.truncated,
                    files: call.files))
        case .toolCallFailed(let call):
            .toolCallFailed(
                ToolCallFailed(
                    toolID: call.toolID, toolName: call.toolName, error: call.error, result: content,
                    durationMilliseconds: call.durationMilliseconds, outcome: call.outcome, decided: call.decided))
        default: self
        }
    }
}

extension ContentBlock {
    /// The bytes with their type, if this is a picture or a document.
    var attachment: Attachment? {
        switch self {
        case .image(let attachment), .document(let attachment): attachment
        case .text, .other: nil
        }
    }

    /// The same attachment with its bytes here or in the blob store.
    func replacingBytes(data: String?, blob: String?) -> ContentBlock {
        guard let old = attachment else { return self }
        let new = Attachment(mediaType: old.mediaType, data: data, blob: blob, name: old.name)
        if case .image = self { return .image(new) } else { return .document(new) }
    }
}

extension ContentBlock.Attachment {
    /// The bytes; nil where they are not here, or are not the base64 that they would be written as again.
    var bytes: [UInt8]? {
        guard let data, let bytes = Data(base64Encoded: data), bytes.base64EncodedString() == data else { return nil }
        return Array(bytes)
    }
}
