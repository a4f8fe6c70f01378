import BassiEvents
import Testing

@testable import BassiModels

/// What is no good recording is found before anything runs, in one sentence.
@Suite struct RecordingFileTests {
    private static let head =
        #"{"type":"recording","version":1,"places":{},"models":[{"provider":"a","model":"m","context_tokens_max":1,"#
        + #""output_tokens_max":1}]}"#
    private static let request =
        #"{"type":"request","exchange":1,"provider":"a","model":"m","request":{"messages":[]}}"#

    private func error(_ text: String) async throws -> RecordingError? {
        try await RecordingFolder.with { folder in
            let path = try folder.write(text)
            do throws(RecordingError) {
                _ = try Recording(path: path)
                return nil
            } catch { return error }
        }
    }

    private func line(_ text: String) async throws -> String? {
        guard case .broken(_, let line, let problem) = try await error(text) else { return nil }
        return "\(line): \(problem)"
    }

    @Test func `a damaged line is named`() async throws {
        let cases: [(String, String)] = [
            ("nonsense", "3: it is no JSON"), (#"{"type":"x"}"#, "3: its 'type' is none that this program knows"),
            (Self.request, "3: its 'exchange' is not 2"),
            (
                #"{"type":"part","exchange":2,"ms":0,"part":"delta","index":0,"text":""}"#,
                "3: its 'exchange' is none that is open"
            ),
            (#"{"type":"part","exchange":1,"ms":0,"part":"delta","index":0}"#, "3: its 'text' is no text"),
            (#"{"type":"end","exchange":1,"ms":0,"outcome":"failed"}"#, "3: it has no 'error'"),
            (#"{"type":"count","provider":"a","model":"n","tokens":1}"#, "3: nothing is said of its model before"),
        ]
        for (last, problem) in cases {
            #expect(try await line([Self.head, Self.request, last].joined(separator: "\n") + "\n") == problem)
        }
        #expect(try await line(#"{"type":"recording","version":1,"models":[]}"# + "\n") == "1: it names no model")
    }

    @Test func `what is no recording, another version, cut or empty is said`() async throws {
        let whole = Self.head + "\n" + Self.request
        let cases: [(String, String)] = [
            ("hello\n", "is no recording"), (#"{"type":"other"}"#, "is no recording"),
            (#"{"type":"recording","version":2}"# + "\n", "has version 2"), ("", "nothing was recorded"),
            (Self.head + "\n", "nothing was recorded"), (String(whole.dropLast(3)), "breaks off inside line 2"),
        ]
        for (text, words) in cases {
            let error = try await error(text)
            #expect(error?.description.contains(words) == true)
        }
        for text in [whole, whole + "\n"] {
            let error = try await error(text)
            #expect(error == nil)
        }
    }

    @Test func `a file that is there, another recording, a folder and no place are refused`() async throws {
        try await RecordingFolder.with { folder in
            let model = ProviderRegistry.Found(adapter: FixedAdapter(), model: "m", profile: ModelProfile())
            func record(_ path: String) -> RecordingError? {
                do throws(RecordingError) {
                    _ = try Recorder(path: path, models: [model], places: [:], redaction: .none)
                    return nil
                } catch { return error }
            }
            let path = try folder.write("mine", to: "there")
            #expect(record(path) == .exists(path: path))
            #expect(try folder.text("there") == "mine")
            #expect(try record(folder.write("", to: "empty")) == nil)
            let open = try Recorder(path: folder.file(), models: [model], places: [:], redaction: .none)
            #expect(record(folder.file()) == .inUse(path: folder.file()))
            withExtendedLifetime(open) {}
            for place in [folder.path, "/no/such/folder/x"] {
                #expect(record(place)?.description.contains("cannot be used") == true)
            }
        }
    }

    @Test func `the first difference is named by its place, and long values are cut around it`() {
        func first(_ a: JSONValue, _ b: JSONValue) -> String? { RequestDifference.first(a, b)?.description }
        #expect(first(["a": [1, "x"]], ["a": [1, "x"]]) == nil)
        #expect(first(["a": [1, 2]], ["a": [1]]) == "/a/1: recorded 2, now nothing")
        #expect(first(["a/b~": 1], ["a/b~": 2]) == "/a~1b~0: recorded 1, now 2")
        #expect(first([:], ["c": true]) == "/c: recorded nothing, now true")
        let (long, other) = (String(repeating: "a", count: 500), String(repeating: "a", count: 499) + "b")
        let found = RequestDifference.first(.string(long), .string(other))
        #expect(found?.recorded?.utf8.count ?? 0 < 120 && found?.now?.hasSuffix("b\"") == true)
    }

    @Test func `a path is another where a name goes on, and a folder comes before the one that it is in`() {
        let places = RecordedPlaces(naming: ["home": "/h", "folder": "/h/p"])
        #expect(
            places.replacing(in: "/h/p /h/p/x /h/px /h/q x/h/p (/h/p). /hh")
                == "{folder} {folder}/x {home}/px {home}/q x/h/p ({folder}). /hh")
        #expect(RecordedPlaces(naming: ["folder": "/"]).replacing(in: "/usr") == "/usr")
    }
}
