#if Network
    import AsyncHTTPClient
    import Foundation
    import NIOCore
    import NIOHTTP1
    import NIOSSL

    /// HTTP by async-http-client: TLS, pooled connections, and the proxy that the environment names.
    public final class AsyncHTTPTransport: HTTPTransport {
        /// Answers of one provider that stream at the same time; further requests wait for one to end.
        private static let connectionsMax = 4096

        private let client: HTTPClient

        /// A transport for requests to the host of `url`, through `HTTPS_PROXY` unless `NO_PROXY` names the host.
        ///
        /// It must be ended with ``shutdown()``.
        public init(for url: String, environment: [String: String], limits: TransportLimits = TransportLimits()) {
            var configuration = HTTPClient.Configuration(
                timeout: .init(
                    connect: .nanoseconds(limits.connect.nanoseconds), read: .nanoseconds(limits.silence.nanoseconds)))
            // A refused connection is reported at once: when to try again is the run's decision, and is an event.
            configuration.connectionPool.retryConnectionEstablishment = false
            // One connection for each answer that streams, however many: the library's limit of 8, or the streams that
            // a provider takes in one connection of HTTP/2, would make the others wait, and a cancelled answer must
            // end its connection and no other's.
            configuration.httpVersion = .http1Only
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsMax
            // Whoever answers with a redirect would get the key sent wherever he says.
            configuration.redirectConfiguration = .disallow
            // The variable that OpenSSL's programs obey; the TLS library does not look for it.
            if let file = environment["SSL_CERT_FILE"], !file.isEmpty {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .file(file)
                configuration.tlsConfiguration = tls
            }
            configuration.proxy = ProxySetting(for: url, environment: environment).map(Self.proxy)
            client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        private static func proxy(_ setting: ProxySetting) -> HTTPClient.Configuration.Proxy {
            if setting.isSOCKS { return .socksServer(host: setting.host, port: setting.port) }
            let authorization = setting.user.map {
                HTTPClient.Authorization.basic(username: $0, password: setting.password ?? "")
            }
            return .server(host: setting.host, port: setting.port, authorization: authorization)
        }

        /// Ends all connections.
        public func shutdown() async throws { try await client.shutdown() }

        /// Sends a request; see ``HTTPTransport/send(_:_:)``.
        public func send<Value: Sendable>(
            _ request: HTTPRequest, _ body: (HTTPResponse) async throws -> Value
        ) async throws -> Value {
            var sent = HTTPClientRequest(url: request.url)
            sent.method = HTTPMethod(rawValue: request.method)
            for field in request.headers { sent.headers.add(name: field.name, value: field.value) }
            if !request.body.isEmpty { sent.body = .bytes(request.body) }
            let response = try await Self.translating(request.url, .connection) {
                try await self.client.execute(sent, deadline: .distantFuture)
            }
            var iterator = response.body.makeAsyncIterator()
            let fields = response.headers.map { HTTPField($0.name, $0.value) }
            let answer = HTTPResponse(status: Int(response.status.code), headers: fields) {
                do {
                    return try await iterator.next().map { Array($0.readableBytesView) }
                } catch {
                    throw Self.translated(error, request.url, .cut)
                }
            }
            return try await body(answer)
        }

        private static func translating<Value: Sendable>(
            _ url: String, _ kind: ModelError.Kind, _ body: () async throws -> Value
        ) async throws -> Value {
            do { return try await body() } catch { throw translated(error, url, kind) }
        }

        /// In the words of the system, where it is one of its errors.
        private static func reason(of error: any Error) -> String {
            (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        }

        private static func translated(_ error: any Error, _ url: String, _ kind: ModelError.Kind) -> any Error {
            if error is CancellationError || Task.isCancelled { return CancellationError() }
            // The host alone: what stands before an @ may be a password.
            let place = url.split(separator: "/").dropFirst().first?.split(separator: "@").last.map(String.init) ?? url
            if let error = error as? HTTPClientError {
                switch error {
                case .cancelled: return CancellationError()
                case .readTimeout: return ModelError(.stalled, "\(place) sent nothing for too long")
                case .connectTimeout: return ModelError(.connection, "\(place) did not answer in time")
                case .invalidProxyResponse:
                    return ModelError(.connection, "the proxy does not connect to \(place)", shouldRetry: false)
                case .proxyAuthenticationRequired:
                    let sentence =
                        "the proxy wants a name and a password: put them into its address, http://NAME:PASSWORD@…"
                    return ModelError(.connection, sentence, shouldRetry: false)
                default: break
                }
            }
            if kind == .connection, error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
                // Neither a wrong certificate nor a server without TLS is another one a second later.
                let why =
                    switch "\(error)" {
                    case let text where text.contains("CERTIFICATE_VERIFY_FAILED"):
                        "nobody known here has signed its certificate (SSL_CERT_FILE may name a file of those who are)"
                    case let text where text.contains("noSuchFilesystemObject"):
                        "the file of SSL_CERT_FILE is not there"
                    default: "the handshake failed: does it speak TLS?"
                    }
                return ModelError(.connection, "no secure connection to \(place): \(why)", shouldRetry: false)
            }
            switch kind {
            case .cut: return ModelError(.cut, "the connection to \(place) broke in the middle of the answer")
            default: return ModelError(kind, "\(place) cannot be reached (\(reason(of: error)))")
            }
        }
    }

    extension Duration {
        fileprivate var nanoseconds: Int64 {
            components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        }
    }
#endif
