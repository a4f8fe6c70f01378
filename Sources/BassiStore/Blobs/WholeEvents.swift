import BassiEvents
import Foundation

extension EventStore {
    /// The event with everything in it that lies in the blob store: what a fold for a model takes. Most events come back
    /// as they are, without a question to anybody.
    ///
    ///     for event in try await store.read(session) { conversation.apply(try await store.whole(event)) }
    ///
    /// - Throws: ``BlobError/missing(_:session:)`` or ``BlobError/damaged(_:session:)``; the event as it stands in the
    ///   log, with its previews, is what is left then.
    public func whole(_ event: Event) async throws -> Event {
        let references = event.blobReferences
        let payload = references.isEmpty ? event.payload : try await restored(event, references)
        guard let content = payload.content, content.contains(where: { $0.attachment?.isElsewhere == true }) else {
            return references.isEmpty ? event : event.with(payload)
        }
        var blocks: [ContentBlock] = []
        for block in content {
            guard let attachment = block.attachment, attachment.isElsewhere,
                let name = attachment.blob.flatMap(BlobName.init)
            else {
                blocks.append(block)
                continue
            }
            let bytes = try await blobs.read(name, of: event.sessionID)
            blocks.append(block.replacingBytes(data: Data(bytes).base64EncodedString(), blob: nil))
        }
        return event.with(payload.with(content: blocks))
    }

    /// The same, or the event with its previews where one of its blobs is missing or damaged: a session is not lost with
    /// a blob.
    public func wholeOrPreview(_ event: Event) async throws -> Event {
        do { return try await whole(event) } catch let error as BlobError {
            switch error {
            case .missing, .damaged: return event
            case .tooLarge, .sessionFull, .eventTooLarge, .unusable, .syncFailed: throw error
            }
        }
    }

    private func restored(_ event: Event, _ references: [BlobReference]) async throws -> EventPayload {
        guard var members = try? JSONParser.parse([UInt8(ascii: "{")] + event.payloadBytes + [UInt8(ascii: "}")]) else {
            return event.payload
        }
        for reference in references {
            guard let name = BlobName(reference.blob) else { continue }
            let bytes = try await blobs.read(name, of: event.sessionID)
            let value: JSONValue? =
                switch reference.form {
                case .text: .string(String(decoding: bytes, as: UTF8.self))
                case .json: try? JSONParser.parse(bytes)
                }
            members = value.flatMap { JSONPointer(reference.at).replacing(in: members, with: $0) } ?? members
        }
        guard case .object(var object) = members else { return event.payload }
        object[BlobReference.member] = nil
        let bytes = Array(JSONValue.object(object).encoded.dropFirst().dropLast())
        return try EventCoder.decodePayload(
            type: event.payload.type, schema: event.schema, bytes: bytes, event: event.id)
    }
}

extension ContentBlock.Attachment {
    fileprivate var isElsewhere: Bool { data == nil && blob != nil }
}
