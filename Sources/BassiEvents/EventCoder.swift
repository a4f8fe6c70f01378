import Foundation

/// Events to bytes and back: one flat JSON object, the envelope first, then the payload's members.
public enum EventCoder {
    /// The members of the envelope. A payload has none of these names.
    static let envelopeKeys: Set<String> = [
        "type", "event_id", "session_id", "seq", "first_seq", "run_id", "cause_seq", "timestamp", "schema",
        "hash", "erased", "salt", "commitment", "signature",
    ]

    /// Those that only an export has.
    private static let proofKeys = ["salt", "commitment", "signature"]

    /// The event as one line of JSON, without the line end. The payload's bytes are copied, not encoded again.
    public static func encode(_ event: Event) -> [UInt8] { encode(event, proof: []) }

    /// The same with members that an export needs for its proof, in base64; nil leaves one out.
    public static func encode(_ event: Event, proof: [(StaticString, [UInt8]?)]) -> [UInt8] {
        var fields = FieldWriter(json: JSONWriter(capacity: 320 + event.payloadBytes.count))
        fields.json.raw("{")
        if let known = event.payload.fields {
            fields.word("type", type(of: known).type)
        } else {
            fields("type", event.payload.type)
        }
        EventEnvelope(event).write(to: &fields.json)
        for (key, bytes) in proof { fields(key, bytes.map { Data($0).base64EncodedString() }) }
        fields("erased", event.isErased ? true : nil)
        if !event.payloadBytes.isEmpty {
            fields.json.raw(",")
            fields.json.raw(event.payloadBytes)
        }
        fields.json.raw("}")
        return fields.json.bytes
    }

    /// An event from its line of JSON.
    ///
    /// - Throws: ``EventDecodingError`` for bytes that are not JSON, for a broken envelope, and for a known type with
    ///   a missing or ill-typed field. An unknown type or schema is no error: it becomes `.unknown`.
    public static func decode(_ line: [UInt8]) throws(EventDecodingError) -> Event {
        var event: String?
        var type: String?
        do {
            let members = try JSONParser.rawMembers(line)
            let object = JSONObject(members.map(\.member))
            event = object["event_id"]?.string
            type = object["type"]?.string
            let payload = members.filter { !envelopeKeys.contains($0.member.key) }.map(\.bytes)
            return try decode(object, payloadBytes: Array(payload.joined(separator: [.comma])))
        } catch let error as EventDecodingError {
            throw error
        } catch {
            throw EventDecodingError(event: event, type: type, reason: "\(error)")
        }
    }

    /// An event from a line of an export, and the members that belong to its proof.
    ///
    /// - Throws: ``EventDecodingError`` as ``decode(_:)`` does, and for one of those that is not base64.
    public static func decodeProved(
        _ line: [UInt8]
    ) throws(EventDecodingError) -> (event: Event, proof: [String: [UInt8]]) {
        let event = try decode(line)
        let object = (try? JSONParser.parse(line))?.object ?? JSONObject()
        var proof: [String: [UInt8]] = [:]
        for key in proofKeys {
            guard let value = object[key] else { continue }
            guard let bytes = value.string.flatMap({ Data(base64Encoded: $0) }) else {
                throw EventDecodingError(
                    event: event.id.description, type: event.payload.type, reason: "\(key): base64 was expected")
            }
            proof[key] = Array(bytes)
        }
        return (event, proof)
    }

    /// A payload from its members, as a store keeps them.
    ///
    /// - Throws: ``EventDecodingError`` for bytes that are not JSON and for a missing or ill-typed field.
    public static func decodePayload(
        type: String, schema: Int, bytes: [UInt8], event: EventID
    ) throws(EventDecodingError) -> EventPayload {
        guard schema == 1, let read = EventPayload.readers[type] else {
            return .unknown(UnknownPayload(type: type, rawJSON: bytes))
        }
        do {
            let members =
                try JSONParser.parse([.openBrace] + bytes + [.closeBrace]).object ?? JSONObject()
            return try read(FieldReader(members))
        } catch {
            throw EventDecodingError(event: event.description, type: type, reason: "\(error)")
        }
    }

    private static func decode(_ object: JSONObject, payloadBytes bytes: [UInt8]) throws -> Event {
        let fields = FieldReader(object)
        let type: String = try fields("type")
        let schema: Int = try fields.optional("schema") ?? 1
        let id: EventID = try fields("event_id")
        let payload = try decodePayload(type: type, schema: schema, bytes: bytes, event: id)
        let draft = EventDraft(
            payload, bytes: bytes, runID: try fields.optional("run_id"),
            causeSeq: try fields.optional("cause_seq"),
            id: id, timestamp: try fields("timestamp"), schema: schema)
        let seq: SequenceNumber = try fields("seq")
        let first: SequenceNumber? = try fields.optional("first_seq")
        if let first, first > seq {
            let found = object["first_seq"] ?? .null
            throw FieldError(field: "first_seq", problem: .mismatch(expected: "a position up to \(seq)", found: found))
        }
        return Event(
            draft, sessionID: try fields("session_id"), seq: seq, firstSeq: first, hash: try fields.optional("hash"),
            isErased: try fields.optional("erased") ?? false)
    }
}

/// Why a line of a log is not an event.
public struct EventDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The event's id, as far as it could be read.
    public let event: String?
    /// The event's type, as far as it could be read.
    public let type: String?
    /// What is wrong; it names the field.
    public let reason: String

    /// One sentence for a person.
    public var description: String {
        "event \(event ?? "without an id") of type \(type ?? "unknown"): \(reason)"
    }
}
