import BassiEvents
import Foundation

/// Makes drafts of payloads: without secrets, and with all that is too large for an event in the blob store, where it
/// is durable before the draft can be appended.
package struct EventDrafting: Sendable {
    private let session: SessionID
    private let redactor: Redactor
    private let blobs: any BlobStore

    package init(session: SessionID, redactor: Redactor, blobs: any BlobStore) {
        self.session = session
        self.redactor = redactor
        self.blobs = blobs
    }

    /// A draft, and its payload as it was before large parts were taken out: what the session goes on with.
    ///
    /// A delta is taken as it is: secrets are taken out of the stream that it is a piece of.
    ///
    /// - Throws: ``BlobError``; then nothing may be appended.
    package func draft(
        _ payload: EventPayload, runID: RunID? = nil, causeSeq: SequenceNumber? = nil,
        isolation: isolated (any _Concurrency.Actor)? = #isolation
    ) async throws -> (draft: EventDraft, whole: EventPayload) {
        if payload.isDelta { return (EventDraft(payload, runID: runID, causeSeq: causeSeq), payload) }
        let (stored, whole) = try await withoutAttachments(payload, isolation: isolation)
        let draft = EventDraft(stored, runID: runID, causeSeq: causeSeq)
        // An input above its own limit makes the payload larger than that too.
        guard draft.payloadBytes.count > EventParts.valueBytesMax else { return (draft, whole) }
        let (short, isLost) = try await withoutLargeParts(draft)
        return (short, isLost ? short.payload : whole)
    }

    /// The drafts of several payloads, and the payloads with which the session goes on, in their order.
    ///
    /// - Throws: ``BlobError``; then nothing may be appended.
    package func drafts(
        of payloads: [EventPayload], runID: RunID? = nil, causeSeq: SequenceNumber? = nil,
        isolation: isolated (any _Concurrency.Actor)? = #isolation
    ) async throws -> (drafts: [EventDraft], wholes: [EventPayload]) {
        var (drafts, wholes): ([EventDraft], [EventPayload]) = ([], [])
        for payload in payloads {
            let (draft, whole) = try await draft(payload, runID: runID, causeSeq: causeSeq)
            drafts.append(draft)
            wholes.append(whole)
        }
        return (drafts, wholes)
    }

    // MARK: - Attachments

    /// Puts the bytes of pictures and documents into the blob store, and redacts the rest.
    private func withoutAttachments(
        _ payload: EventPayload, isolation: isolated (any _Concurrency.Actor)?
    ) async throws -> (stored: EventPayload, whole: EventPayload) {
        guard let content = payload.content, content.contains(where: { $0.attachment?.data != nil }) else {
            let redacted = redactor.redact(payload)
            return (redacted, redacted)
        }
        var stored: [ContentBlock] = []
        var data: [String: String] = [:]
        for block in content {
            guard let bytes = block.attachment?.bytes else {
                stored.append(block)
                continue
            }
            guard let clean = redactor.redact(attachment: bytes) else {
                stored.append(.text(Self.leftOut(block)))
                continue
            }
            let name = try await blobs.put(clean, in: session).description
            data[name] = Data(clean).base64EncodedString()
            stored.append(block.replacingBytes(data: nil, blob: name))
        }
        let redacted = redactor.redact(payload.with(content: stored))
        let whole = redacted.content?.map { block in
            guard let name = block.attachment?.blob, let known = data[name] else { return block }
            return block.replacingBytes(data: known, blob: nil)
        }
        return (redacted, whole.map(redacted.with(content:)) ?? redacted)
    }

    private static func leftOut(_ block: ContentBlock) -> String {
        let name = block.attachment?.name.map { " '\($0)'" } ?? ""
        return "\(Redactor.mark)attachment] The attachment\(name) held a secret and was left out."
    }

    // MARK: - Large parts

    /// The draft with references, and whether a part is lost for which there is no room.
    private func withoutLargeParts(_ draft: EventDraft) async throws -> (draft: EventDraft, isLost: Bool) {
        let (payload, bytes) = (draft.payload, draft.payloadBytes)
        // Members that are no JSON, which only a payload of another build can have, have no parts.
        let members = try? JSONParser.parse([UInt8(ascii: "{")] + bytes + [UInt8(ascii: "}")])
        let parts = members.map(EventParts.init(of:))
        guard let parts, !parts.parts.isEmpty, case .object(let object) = parts.members else {
            try Self.check(payload, bytes)
            return (draft, false)
        }
        var references: [JSONValue] = []
        for part in parts.parts {
            guard let name = try await keep(part, of: payload) else { continue }
            let reference = BlobReference(at: part.at.text, blob: name, bytes: part.bytes.count, form: part.form)
            references.append(reference.json)
        }
        let first = JSONObject.Member(key: BlobReference.member, value: .array(references))
        // Without a reference there is nothing to name.
        let named = references.isEmpty ? [] : [first]
        let shortened = Array(JSONValue.object(JSONObject(named + object.members)).encoded.dropFirst().dropLast())
        try Self.check(payload, shortened)
        guard
            let preview = try? EventCoder.decodePayload(
                type: payload.type, schema: draft.schema, bytes: shortened, event: draft.id)
        else { throw Self.tooLarge(payload, bytes) }
        let short = EventDraft(
            preview, bytes: shortened, runID: draft.runID, causeSeq: draft.causeSeq, id: draft.id,
            timestamp: draft.timestamp, schema: draft.schema)
        return (short, references.count < parts.parts.count)
    }

    /// Nil where there is no room for what had arrived of a block that broke off: its end must be written, or nobody
    /// could ever go on with the session.
    private func keep(_ part: EventParts.Part, of payload: EventPayload) async throws -> BlobName? {
        do { return try await blobs.put(part.bytes, in: session) } catch let error as BlobError {
            guard case .contentBlockEnd(let end) = payload, end.interrupted == true else { throw error }
            switch error {
            case .tooLarge, .sessionFull: return nil
            case .missing, .damaged, .eventTooLarge, .unusable, .syncFailed: throw error
            }
        }
    }

    private static func check(_ payload: EventPayload, _ bytes: [UInt8]) throws {
        guard bytes.count <= EventParts.eventBytesMax - EventParts.envelopeBytesMax else {
            throw tooLarge(payload, bytes)
        }
    }

    private static func tooLarge(_ payload: EventPayload, _ bytes: [UInt8]) -> BlobError {
        .eventTooLarge(type: payload.type, bytes: bytes.count, bytesMax: EventParts.eventBytesMax)
    }
}

extension Redactor {
    /// The bytes of an attachment without secrets: a text is redacted; nil for other bytes that hold one, since they
    /// would mean something else without it.
    package func redact(attachment bytes: [UInt8]) -> [UInt8]? {
        if let text = String(validating: bytes, as: UTF8.self) { return Array(redact(text).utf8) }
        let text = String(decoding: bytes, as: UTF8.self)
        return redact(text).utf8.count == text.utf8.count ? bytes : nil
    }
}
