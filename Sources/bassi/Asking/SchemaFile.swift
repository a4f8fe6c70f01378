import BassiEvents
import Foundation

/// The file that `--json-schema` names.
enum SchemaFile {
    private static let bytesMax = 1 << 20

    /// Reads a schema.
    ///
    /// - Throws: ``ExitWith`` with what is wrong, before a model is asked.
    static func read(_ path: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExitWith.usage("the schema cannot be read: there is no file '\(path)'")
        }
        guard data.count <= bytesMax else { throw ExitWith.usage("the schema in '\(path)' is larger than 1 MiB") }
        let schema: JSONValue
        do { schema = try JSONParser.parse(Array(data)) } catch {
            throw ExitWith.usage("the schema in '\(path)' is not JSON: \(error)")
        }
        guard schema["type"]?.string == "object" else {
            throw ExitWith.usage(
                "the schema in '\(path)' is not one of an object: providers take only those, so give it "
                    + "\"type\": \"object\" and put the answer into a property")
        }
        return schema
    }
}
