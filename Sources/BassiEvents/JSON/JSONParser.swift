/// Why some bytes are not JSON, and at which byte.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The offset in bytes from the start of the input.
    public let offset: Int
    /// What was wrong there, as the end of a sentence.
    public let problem: String

    /// One sentence for a person.
    public var description: String { "not JSON at byte \(offset): \(problem)" }
}

/// A strict parser of RFC 8259 JSON over bytes. Depth is bounded, so that hostile input cannot overflow the stack.
public struct JSONParser {
    /// Values may be nested this deep.
    public static let depthMax = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Parses exactly one value; white space may stand around it.
    ///
    /// - Throws: ``JSONError`` for anything else, invalid UTF-8 and lone surrogates in strings included.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
        let result = Array(bytes).withUnsafeBufferPointer { buffer -> Result<JSONValue, JSONError> in
            var parser = JSONParser(buffer)
            do throws(JSONError) { return .success(try parser.document()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Parses exactly one value from text.
    public static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse(text.utf8) }

    /// The members of an object with the bytes of each, `"key": value`, exactly as they stand in the input.
    ///
    /// - Throws: ``JSONError`` when the input is not one JSON object.
    static func rawMembers(_ bytes: [UInt8]) throws(JSONError) -> [(
        member: JSONObject.Member, bytes: ArraySlice<UInt8>
    )] {
        let result = bytes.withUnsafeBufferPointer {
            buffer -> Result<([JSONObject.Member], [Range<Int>]), JSONError> in
            var parser = JSONParser(buffer)
            do throws(JSONError) {
                parser.skipWhitespace()
                guard parser.current == .openBrace else { throw parser.fail("an object was expected") }
                var ranges: [Range<Int>] = []
                let object = try parser.object(depth: 0) { ranges.append($0) }
                parser.skipWhitespace()
                guard parser.current == nil else { throw parser.fail("something follows the value") }
                return .success((object.members, ranges))
            } catch { return .failure(error) }
        }
        let (members, ranges) = try result.get()
        return zip(members, ranges).map { ($0, bytes[$1]) }
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw fail("something follows the value") }
        return value
    }

    private func fail(_ problem: String) -> JSONError { JSONError(offset: index, problem: problem) }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < Self.depthMax else { throw fail("nested deeper than \(Self.depthMax)") }
        skipWhitespace()
        switch current {
        case .openBrace: return .object(try object(depth: depth))
        case .openBracket: return .array(try array(depth: depth))
        case .quote: return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || byte.isDigit:
            return .number(try number())
        case .some: throw fail("a value was expected")
        case nil: throw fail("the input ends where a value was expected")
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError)
        -> JSONValue
    {
        for offset in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[offset] else { throw fail("a value was expected") }
            index += 1
        }
        return value
    }

    private mutating func object(
        depth: Int, member: (Range<Int>) -> Void = { _ in }
    ) throws(JSONError) -> JSONObject {
        index += 1
        var members: [JSONObject.Member] = []
        skipWhitespace()
        if take(.closeBrace) { return JSONObject() }
        repeat {
            skipWhitespace()
            guard current == .quote else { throw fail("a key in quotes was expected") }
            let start = index
            let key = try string()
            skipWhitespace()
            guard take(.colon) else { throw fail("':' was expected") }
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            member(start..<index)
            skipWhitespace()
        } while take(.comma)
        guard take(.closeBrace) else { throw fail("',' or '}' was expected") }
        return JSONObject(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        index += 1
        var elements: [JSONValue] = []
        skipWhitespace()
        if take(.closeBracket) { return [] }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipWhitespace()
        } while take(.comma)
        guard take(.closeBracket) else { throw fail("',' or ']' was expected") }
        return elements
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return JSONNumber(uncheckedText: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        guard let first = current, first.isDigit else { throw fail("a digit was expected") }
        while let byte = current, byte.isDigit { index += 1 }
    }
}

extension JSONParser {
    /// The string at the opening quote. Runs without escapes are copied at once.
    private mutating func string() throws(JSONError) -> String {
        index += 1
        var start = index
        var text = ""
        while let byte = current {
            if byte == .quote {
                text += try validated(start..<index)
                index += 1
                return text
            } else if byte == .backslash {
                text += try validated(start..<index)
                index += 1
                text.unicodeScalars.append(try escape())
                start = index
            } else if byte < 0x20 {
                throw fail("a control character in a string must be escaped")
            } else {
                index += 1
            }
        }
        throw fail("the string has no end")
    }

    private func validated(_ range: Range<Int>) throws(JSONError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONError(offset: range.lowerBound, problem: "the string is not valid UTF-8")
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = current else { throw fail("the string has no end") }
        index += 1
        switch byte {
        case .quote, .backslash, UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fail("an unknown escape")
        }
    }

    /// `\uXXXX`, or two of them that make a surrogate pair. A lone surrogate is no character and is refused.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let high = try hexQuad()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, take(.backslash), take(UInt8(ascii: "u")) else {
            throw fail("a lone surrogate")
        }
        let low = try hexQuad()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        else { throw fail("a lone surrogate") }
        return scalar
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = byte.hexValue else {
                throw fail("four hex digits were expected")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
