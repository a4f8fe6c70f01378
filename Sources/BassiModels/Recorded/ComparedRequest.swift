import BassiEvents

/// A request as it is compared with a recorded one: without what is another in each run and says nothing.
///
/// Paths of the places become `{folder}` and the like, a UUID `{uuid}`, a moment `{time}`, in the system prompt a day
/// `{date}`; the ids of calls are numbered. The limit of the answer is left out: it follows from what is left of a
/// budget.
struct ComparedRequest {
    private let places: RecordedPlaces
    private var calls: [String: Int] = [:]

    private init(places: RecordedPlaces) { self.places = places }

    /// What is compared of a request.
    static func json(of request: JSONValue, places: [String: String]) -> JSONValue {
        var compared = ComparedRequest(places: RecordedPlaces(naming: places))
        var members = request.object ?? JSONObject()
        members["output_tokens_max"] = nil
        return compared.compared(.object(members), key: "", isSystemPrompt: false)
    }

    private mutating func compared(_ value: JSONValue, key: String, isSystemPrompt: Bool) -> JSONValue {
        switch value {
        case .null, .bool, .number: return value
        case .array(let elements):
            return .array(elements.map { compared($0, key: key, isSystemPrompt: isSystemPrompt) })
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map { member in
                        let value = compared(
                            member.value, key: member.key, isSystemPrompt: member.key == "system_prompt")
                        return JSONObject.Member(key: member.key, value: value)
                    }))
        case .string(let text):
            if key == "tool_id" { return .string("call \(number(of: text))") }
            // Bytes in base64 have no paths.
            if key == "data" { return value }
            return .string(VaryingText.replacing(in: places.replacing(in: text), dates: isSystemPrompt))
        }
    }

    private mutating func number(of call: String) -> Int {
        let number = calls[call] ?? calls.count + 1
        calls[call] = number
        return number
    }
}

/// Where two requests differ first.
struct RequestDifference: Equatable {
    /// A JSON Pointer into the request.
    let pointer: String
    /// What the recording has there, shortened; nil for nothing.
    let recorded: String?
    /// What is there now, shortened; nil for nothing.
    let now: String?

    /// The most characters of a value that are shown.
    static let charactersMax = 100

    /// The first difference in the order of the recorded request; nil when there is none.
    static func first(_ recorded: JSONValue, _ now: JSONValue, at pointer: String = "") -> RequestDifference? {
        switch (recorded, now) {
        case (.array(let left), .array(let right)):
            for (index, (a, b)) in zip(left, right).enumerated() {
                if let found = first(a, b, at: "\(pointer)/\(index)") { return found }
            }
            guard left.count != right.count else { return nil }
            let index = min(left.count, right.count)
            return RequestDifference(
                pointer: "\(pointer)/\(index)", recorded: left.count > index ? shortened(left[index].text) : nil,
                now: right.count > index ? shortened(right[index].text) : nil)
        case (.object(let left), .object(let right)):
            let keys = left.members.map(\.key) + right.members.map(\.key).filter { left[$0] == nil }
            for key in keys {
                let place = "\(pointer)/\(key.replacing("~", with: "~0").replacing("/", with: "~1"))"
                guard let a = left[key], let b = right[key] else {
                    return RequestDifference(
                        pointer: place, recorded: left[key].map { shortened($0.text) },
                        now: right[key].map { shortened($0.text) })
                }
                if let found = first(a, b, at: place) { return found }
            }
            return nil
        case (.string(let left), .string(let right)):
            guard !left.utf8.elementsEqual(right.utf8) else { return nil }
            let start = zip(left, right).prefix { $0 == $1 }.count
            return RequestDifference(
                pointer: pointer, recorded: shortened(left, around: start), now: shortened(right, around: start))
        default:
            guard recorded != now else { return nil }
            return RequestDifference(pointer: pointer, recorded: shortened(recorded.text), now: shortened(now.text))
        }
    }

    private static func shortened(_ text: String) -> String {
        text.count > charactersMax ? text.prefix(charactersMax) + "…" : text
    }

    /// A window of a long text in which the difference is.
    private static func shortened(_ text: String, around start: Int) -> String {
        let skipped = text.count > charactersMax ? max(0, start - charactersMax / 4) : 0
        return JSONValue.string((skipped > 0 ? "…" : "") + shortened(String(text.dropFirst(skipped)))).text
    }
}

extension RequestDifference: CustomStringConvertible {
    var description: String { "\(pointer): recorded \(recorded ?? "nothing"), now \(now ?? "nothing")" }
}
