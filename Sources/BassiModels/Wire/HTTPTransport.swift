/// Sends HTTP requests. A protocol, so that the core builds and is tested without a network library.
public protocol HTTPTransport: Sendable {
    /// Sends a request and lends the answer to `body`. The connection is closed when `body` leaves before its end, or
    /// when the task is cancelled.
    ///
    /// - Throws: ``ModelError`` of the kinds `connection`, `cut` and `stalled`, or what `body` threw.
    func send<Value: Sendable>(
        _ request: HTTPRequest, _ body: (HTTPResponse) async throws -> Value
    ) async throws -> Value
}

/// How long a transport waits.
public struct TransportLimits: Sendable, Hashable {
    /// For a connection.
    public var connect: Duration = .seconds(10)
    /// For the next byte of an answer; pings and comments count as life.
    public var silence: Duration = .seconds(120)

    /// The defaults.
    public init() {}
}

/// A request with its whole body.
public struct HTTPRequest: Sendable, Equatable {
    /// The method, `POST`.
    public var method: String
    /// The whole address.
    public var url: String
    /// The header fields, in order.
    public var headers: [HTTPField]
    /// The body; empty for none.
    public var body: [UInt8]

    /// A request.
    public init(method: String = "POST", url: String, headers: [HTTPField] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One header field.
public struct HTTPField: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String

    /// A field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The answer to a request, while its body still arrives.
public struct HTTPResponse {
    /// The status.
    public let status: Int
    /// The header fields, in order.
    public let headers: [HTTPField]
    /// The next bytes of the body, as they come; nil at its end.
    ///
    /// Throws ``ModelError`` of the kinds `cut` and `stalled`, or `CancellationError`.
    public let nextChunk: () async throws -> [UInt8]?

    /// An answer.
    public init(status: Int, headers: [HTTPField], nextChunk: @escaping () async throws -> [UInt8]?) {
        self.status = status
        self.headers = headers
        self.nextChunk = nextChunk
    }

    /// The first value of a field, whatever the case of its name.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body up to a limit; what is beyond it is not read.
    func collect(bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < bytesMax, let chunk = try await nextChunk() { bytes += chunk }
        return Array(bytes.prefix(bytesMax))
    }
}
