import BassiEvents
import Foundation

/// A blob as a line of an export, before the first event that names it: `{"blob":NAME,"data":BASE64}`.
public struct ExportedBlob: Sendable, Equatable {
    /// Its name.
    public let name: BlobName
    /// Its content.
    public let bytes: [UInt8]

    /// A blob.
    public init(name: BlobName, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The blob in a line; nil when the line is none, or when the content is not what its name says.
    public init?(_ line: [UInt8]) {
        guard Self.isBlob(line), let object = (try? JSONParser.parse(line))?.object,
            let name = object["blob"]?.string.flatMap({ BlobName($0) }),
            let data = object["data"]?.string.flatMap({ Data(base64Encoded: $0) })
        else { return nil }
        (self.name, bytes) = (name, Array(data))
        if BlobName(of: bytes) != name { return nil }
    }

    /// Whether a line is meant to be a blob, and no event.
    public static func isBlob(_ line: some Collection<UInt8>) -> Bool { line.starts(with: Array(#"{"blob":"#.utf8)) }

    /// The line, without its end.
    public var encoded: [UInt8] {
        let line: JSONValue = [
            "blob": .string(name.description), "data": .string(Data(bytes).base64EncodedString()),
        ]
        return line.encoded
    }
}
