import BassiEvents
import BassiTools
import Testing

/// Inputs against schemas: the first mismatch names its field.
@Suite struct SchemaTests {
    private static let person: JSONValue = [
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": [
            "name": ["type": "string", "minLength": 1, "maxLength": 5],
            "age": ["type": "integer", "minimum": 0, "maximum": 150],
            "kind": ["enum": ["a", "b"]],
            "tags": ["type": "array", "items": ["type": "string"], "maxItems": 2],
            "place": ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]],
            "id": ["anyOf": [["type": "string"], ["type": "integer"]]],
            "maybe": ["type": ["string", "null"]],
        ],
    ]

    @Test(arguments: [
        (#"{"name":"Ann"}"#, nil), (#"{"name":"Ann","age":3.0}"#, nil), (#"{"name":"Ann","maybe":null}"#, nil),
        (#"{"name":"Ann","id":7}"#, nil), (#"{}"#, "field 'name' is missing"),
        (#"{"name":3}"#, "field 'name' is number, but string was expected"),
        (#"{"name":""}"#, "field 'name' is empty"), (#"{"name":"Annabel"}"#, "field 'name' has more than 5"),
        (#"{"name":"Ann","age":3.5}"#, "field 'age' is number, but integer"),
        (#"{"name":"Ann","age":-1}"#, "field 'age' is less than 0"),
        (#"{"name":"Ann","kind":"c"}"#, #"field 'kind' is "c", but one of ["a","b"]"#),
        (#"{"name":"Ann","tags":["x",1]}"#, "field 'tags[1]' is number"),
        (#"{"name":"Ann","tags":["x","y","z"]}"#, "field 'tags' has more than 2"),
        (#"{"name":"Ann","place":{}}"#, "field 'place.city' is missing"),
        (#"{"name":"Ann","id":true}"#, "field 'id' is boolean"),
        (#"{"name":"Ann","colour":1}"#, "field 'colour' is not known"),
        (#"{"nme":"Ann"}"#, "field 'name' is missing; 'nme' is not known"),
        (#"[]"#, "the input is array, but object was expected"),
    ]) func `an input fits or the field is named`(_ json: String, _ problem: String?) throws {
        let found = JSONSchema(Self.person).problem(with: try JSONParser.parse(json))
        if let problem { #expect(found?.contains(problem) == true, "\(found ?? "nil")") } else { #expect(found == nil) }
    }

    @Test(
        arguments: [
            (#"{"enum":[1,"a",null]}"#, "1.0", nil),
            (#"{"enum":[1]}"#, "2", "the input is 2, but one of [1] was expected"),
            (#"{"const":{"a":1,"b":[2.0]}}"#, #"{"b":[2],"a":1.0}"#, nil),
            (#"{"const":{"a":1}}"#, #"{"a":1,"b":2}"#, "was expected"),
            (#"{"const":"a"}"#, #""b""#, #"the input is "b", but "a" was expected"#),
            (#"{"type":"integer"}"#, "1.0", nil), (#"{"type":"integer"}"#, "1e3", nil),
            (#"{"type":"integer"}"#, "1e999", "number, but integer"),
            (#"{"type":["integer","null"]}"#, "1.5", "but integer or null was expected"),
            (#"{"type":"number"}"#, "1", nil),
            (#"{"minLength":1e300}"#, #""a""#, "has fewer than 1e300 characters"),
            (#"{"maxLength":1}"#, #""ab""#, "more than 1 characters"),
            (#"{"minLength":2}"#, #""é""#, "has fewer than 2"), (#"{"minimum":0.5}"#, "0.25", "is less than 0.5"),
            (#"{"minItems":1}"#, "[]", "fewer than 1 elements"),
            (#"{"items":{"type":"string"}}"#, #"["a",[]]"#, "field '[1]' is array"),
            (#"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#, #"["a",1]"#, nil),
            (#"{"items":{"properties":{"a":{"items":{"enum":["x"]}}}}}"#, #"[{"a":["x","y"]}]"#, "field '[0].a[1]' is"),
            (#"{"additionalProperties":{"type":"string"}}"#, #"{"a":1}"#, "field 'a' is number"),
            (#"{"additionalProperties":true}"#, #"{"a":1}"#, nil),
            (#"{"additionalProperties":false}"#, #"{"a":1}"#, "field 'a' is not known; there are: none"),
            (#"{"patternProperties":{"^x":{}},"additionalProperties":false}"#, #"{"x1":1}"#, nil),
            (#"{"properties":{"a":false}}"#, #"{"a":1}"#, "field 'a' is not allowed"),
            (#"{"properties":{"a":true}}"#, #"{"a":1}"#, nil),
            (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":"x","a":1}"#, "field 'a' is number"),
            (#"{"allOf":[{"required":["a"]},{"required":["b"]}]}"#, #"{"a":1}"#, "field 'b' is missing"),
            (
                #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1",
                "string was expected, or the input is number, but null"
            ),
            (#"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, "1", "fits more than one"),
            (#"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, "1.5", nil),
            (#"{"oneOf":[{"const":1},{"const":2}]}"#, "3", "1 was expected, or the input is 3, but 2"),
            ("{\"$ref\":\"#/x\",\"format\":\"uri\"}", "1", nil),
            ("true", "1", nil), ("false", "1", "the input is not allowed"), ("{}", "null", nil),
            (#"{"minimum":5,"pattern":"a"}"#, #""b""#, nil),
        ] as [(String, String, String?)]) func `each keyword says what it should`(
            _ schema: String, _ value: String, _ problem: String?
        ) throws
    {
        let found = JSONSchema(try JSONParser.parse(schema)).problem(with: try JSONParser.parse(value))
        if let problem { #expect(found?.contains(problem) == true, "\(found ?? "nil")") } else { #expect(found == nil) }
    }

    @Test func `an unknown tool, a wrong input and a throwing tool are results`() async throws {
        struct Broken: Error {}
        let tools = ToolRegistry([FunctionTool("break", description: "") { _, _ in throw Broken() }, .bash])
        let executor = ToolExecutor(tools)
        #expect(throws: ToolError.self) { try executor.check("t", name: "fly", input: [:]) }
        #expect(throws: ToolError.self) { try executor.check("t", name: "bash", input: [:]) }
        #expect(throws: ToolError.self) { try executor.check("t", name: "bash", input: .string("{\"comm")) }
        let call = try executor.check("t", name: "break", input: [:])
        let result = await executor.execute(call, context: ToolContext(toolID: "t", folder: "/"))
        #expect(result == .failure(ToolError("failed", "break failed: Broken()")))
    }

    @Test func `of two tools with one name the later counts, in the place of the first`() {
        var registry = ToolRegistry([.bash, .readFile])
        registry.add(FunctionTool("bash", description: "another") { _, _ in .text("") })
        #expect(registry.tools.map(\.name) == ["bash", "read_file"])
        #expect(registry["bash"]?.description == "another")
    }
}
