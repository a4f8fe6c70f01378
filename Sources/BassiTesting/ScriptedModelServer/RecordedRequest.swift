import BassiEvents

/// A request as it reached a scripted model server, valid or not.
public struct RecordedRequest: Sendable, Equatable {
    /// The method, in capitals.
    public let method: String
    /// The path with its query, such as `/v1/messages`.
    public let path: String
    /// The header fields, in the order in which they came.
    public let headers: [HeaderField]
    /// The bytes of the body.
    public let bodyBytes: [UInt8]
    /// The body, with the order of its keys; `null` when it is no JSON.
    public let body: JSONValue
    /// Why the server refused it; nil when it was answered from the script.
    public internal(set) var refusal: RequestRefusal?

    /// A request.
    public init(
        method: String, path: String, headers: [HeaderField], bodyBytes: [UInt8], refusal: RequestRefusal? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.bodyBytes = bodyBytes
        self.body = (try? JSONParser.parse(bodyBytes)) ?? .null
        self.refusal = refusal
    }

    /// The value of the first header field with this name, in whatever case.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }

    /// The path without its query.
    var route: Substring { path.prefix { $0 != "?" } }
}

/// One line of a request's header.
public struct HeaderField: Sendable, Equatable {
    /// The name, as it was written.
    public let name: String
    /// The value.
    public let value: String

    /// A field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Why a scripted model server refused a request, in the words of the service that it plays.
public struct RequestRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The status of the answer.
    public let status: Int
    /// The error's type, such as `invalid_request_error`.
    public let type: String
    /// One sentence, with the place in the request.
    public let message: String
    /// The field of the request; OpenAI's services only.
    public let param: String?
    /// The error's code; OpenAI's services only.
    public let code: String?

    /// A refusal.
    public init(
        status: Int = 400, type: String = "invalid_request_error", _ message: String, param: String? = nil,
        code: String? = nil
    ) {
        self.status = status
        self.type = type
        self.message = message
        self.param = param
        self.code = code
    }

    /// The sentence and the status.
    public var description: String { "\(message) (HTTP \(status))" }

    /// What all services say to a request after the last answer of the script.
    static let scriptEnded = RequestRefusal("the script has no more answers")
}
