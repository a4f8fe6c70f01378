import Foundation
import Testing

@testable import BassiEvents

@Suite struct EventCoderTests {
    static let session = SessionID(UUIDv7(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0001))
    static let run = RunID(UUIDv7(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0002))

    static func event(_ payload: EventPayload, seq: SequenceNumber = 7) -> Event {
        let draft = EventDraft(
            payload, runID: run, causeSeq: 3,
            id: EventID(UUIDv7(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0000_0003)),
            timestamp: Timestamp(milliseconds: 1_769_850_902_123))
        return Event(draft, sessionID: session, seq: seq)
    }

    @Test func `every type has a golden file and is the same after a round trip`() throws {
        let golden = try Golden.lines()
        #expect(Set(golden.keys) == Set(EventPayload.readers.keys), "one golden file for each type")
        for (type, line) in golden {
            let event = try EventCoder.decode(Array(line.utf8))
            #expect(event.payload.type == type)
            #expect(String(decoding: EventCoder.encode(event), as: UTF8.self) == line)
            #expect(event.payload.encoded == event.payloadBytes, "\(type): the typed payload writes other bytes")
        }
    }

    @Test func `a golden event without any one of its members is an error that names it, or reads as none`() throws {
        for (type, line) in try Golden.lines() {
            let members = try #require(try JSONParser.parse(line).object)
            for member in members.members where member.key != "type" && member.key != "schema" {
                var cut = members
                cut[member.key] = nil
                do {
                    let event = try EventCoder.decode(JSONValue.object(cut).encoded)
                    #expect(event.payload.type == type)
                } catch {
                    #expect(error.description.contains("'\(member.key)'"), "\(error)")
                }
            }
        }
    }

    @Test func `a golden event with a member of another kind never decodes to something else`() throws {
        for (type, line) in try Golden.lines() {
            let members = try #require(try JSONParser.parse(line).object)
            for member in members.members where member.key != "type" {
                var broken = members
                broken[member.key] = member.value.object == nil ? ["x": 1] : 1
                guard let event = try? EventCoder.decode(JSONValue.object(broken).encoded) else { continue }
                #expect(event.payload.type == type)
                #expect(
                    JSONValue.object(broken).encoded == EventCoder.encode(event), "\(type).\(member.key) was changed")
            }
        }
    }

    @Test func `an unknown type comes back byte for byte`() throws {
        let line =
            #"{"type":"from_the_future","event_id":"01900000-0000-7003-8000-000000000003","#
            + #""session_id":"01900000-0000-7001-8000-000000000001","seq":9,"timestamp":"2026-01-31T09:15:02.123Z","#
            + #""schema":4,"z": {"b":1.00, "a":"\u00e9\/"},"a":[ ]}"#
        let event = try EventCoder.decode(Array(line.utf8))
        guard case .unknown(let payload) = event.payload else { Issue.record("known?"); return }
        #expect(payload.type == "from_the_future")
        #expect(String(decoding: EventCoder.encode(event), as: UTF8.self) == line)
    }

    @Test func `a known type of a newer schema is unknown`() throws {
        let line = try #require(try Golden.lines()["token_delta"]).replacing(#"Z","#, with: #"Z","schema":2,"#)
        let event = try EventCoder.decode(Array(line.utf8))
        guard case .unknown = event.payload else { Issue.record("read as schema 1"); return }
        #expect(String(decoding: EventCoder.encode(event), as: UTF8.self) == line)
    }

    @Test func `the first position of what stands for several deltas is written and read`() throws {
        let plain = Self.event(.tokenDelta(TokenDelta(blockID: "b", delta: "x")))
        #expect(!String(decoding: EventCoder.encode(plain), as: UTF8.self).contains("first_seq"))
        let draft = EventDraft(plain.payload)
        let whole = Event(draft, sessionID: Self.session, seq: 7, firstSeq: 3)
        let line = EventCoder.encode(whole)
        #expect(String(decoding: line, as: UTF8.self).contains(#""seq":7,"first_seq":3,"#))
        #expect(try EventCoder.decode(line) == whole)
        let backwards = EventCoder.encode(Event(draft, sessionID: Self.session, seq: 7, firstSeq: 8))
        let error = #expect(throws: EventDecodingError.self) { try EventCoder.decode(backwards) }
        #expect(error?.description.contains("'first_seq'") == true)
    }

    @Test func `an ill-typed field is named with event, type and allowed words`() {
        let line =
            #"{"type":"tool_output_delta","event_id":"01900000-0000-7003-8000-000000000003","#
            + #""session_id":"01900000-0000-7001-8000-000000000001","seq":9,"timestamp":"2026-01-31T09:15:02.123Z","#
            + #""tool_id":"t","stream":"stdin","delta":"x"}"#
        let error = #expect(throws: EventDecodingError.self) { try EventCoder.decode(Array(line.utf8)) }
        let text = error?.description ?? ""
        for part in [
            "01900000-0000-7003-8000-000000000003", "tool_output_delta", "'stream'", "\"stdin\"", "\"stderr\"",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test func `a payload never uses a name of the envelope`() throws {
        for line in try Golden.lines().values {
            let event = try EventCoder.decode(Array(line.utf8))
            let members = try #require(
                try JSONParser.parse([.openBrace] + event.payload.encoded + [.closeBrace]).object)
            #expect(members.members.allSatisfy { !EventCoder.envelopeKeys.contains($0.key) }, "\(event.payload.type)")
        }
    }
}

enum Golden {
    /// The golden files: type of event to its one line.
    static func lines() throws -> [String: String] {
        let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.reduce(into: [:]) { lines, file in
            let text = try String(contentsOf: file, encoding: .utf8)
            lines[file.deletingPathExtension().lastPathComponent] = String(text.dropLast())
        }
    }
}
