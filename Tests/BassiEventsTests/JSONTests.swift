import Testing

@testable import BassiEvents

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1.0", "1e0", "-12.50E+3", "123456789012345678901234567890",
        #""""#, #""a\"\\\b\f\n\r\t\u0001é😀""#, "[]", "[1,[2,[]]]", "{}", #"{"z":1,"a":{"b":null},"z":2}"#,
    ])
    func `canonical text comes out as it went in`(text: String) throws {
        #expect(try JSONParser.parse(text).text == text)
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "+1", "01", "1.", ".5", "1e", "-", "\"", #""\x""#, #""\ud800""#, #""\ud800\u0041""#,
        #""\udc00""#, "\"\u{01}\"", "[1,]", "[1", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", "1 2", "[] x",
        #""\u12""#, "NaN", "Infinity", "'a'",
    ])
    func `what is not JSON is refused with the place`(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test func `white space and escapes are read and not written`() throws {
        let value = try JSONParser.parse(" { \"a\" : [ 1 , \"\\u00e9\\/\\ud83d\\ude00\" ] } \r\n\t")
        #expect(value.text == #"{"a":[1,"é/😀"]}"#)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22] as [UInt8]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC3, 0x22] as [UInt8]) }
    }

    @Test func `nesting is bounded and not a crash`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(deep) }
        let allowed = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(throws: Never.self) { try JSONParser.parse(allowed) }
    }

    @Test func `no prefix of a document is a document`() throws {
        let text = Array(#"{"a":[true,null,-1.5e3,"x\u00e9\n"],"b":{}}"#.utf8)
        for end in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONParser.parse(text[..<end]) }
        }
    }

    @Test(
        arguments: [
            ("1", nil), (#"{"a":1,"b":{"a":2},"c":[{"a":3}]}"#, nil), (#"{"a":1,"b":2,"a":1}"#, "a"),
            (#"{"a":[1,{"b":{"c":1,"\u0063":2}}]}"#, "c"), ("{}", nil), (#"{"":1,"":2}"#, ""),
        ] as [(String, String?)])
    func `a key that came twice is found at any depth`(text: String, key: String?) throws {
        #expect(try JSONParser.parse(text).repeatedKey == key)
    }

    @Test func `an object keeps its order and finds the last of a key that came twice`() throws {
        var object = try #require(try JSONParser.parse(#"{"b":1,"a":2,"b":3}"#).object)
        #expect(object["b"]?.int64 == 3)
        object["c"] = "new"
        object["a"] = nil
        #expect(JSONValue.object(object).text == #"{"b":1,"b":3,"c":"new"}"#)
    }
}
