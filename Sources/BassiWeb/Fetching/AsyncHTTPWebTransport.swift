#if Network
    import AsyncHTTPClient
    import BassiModels
    import BassiTools
    import Foundation
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL

    /// GET by async-http-client. Each request has a client of its own: its connection goes to one checked address, and no
    /// other request may find it in a pool.
    public struct AsyncHTTPWebTransport: WebTransport {
        /// The transport.
        public init() {}

        /// Sends a request; see ``WebTransport/get(_:_:)``.
        public func get<Value: Sendable>(
            _ request: WebRequest, _ body: (WebResponse) async throws -> Value
        ) async throws -> Value {
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration(for: request))
            do {
                let value = try await send(request, by: client, body)
                try? await client.shutdown()
                return value
            } catch {
                try? await client.shutdown()
                throw error
            }
        }

        private func send<Value: Sendable>(
            _ request: WebRequest, by client: HTTPClient, _ body: (WebResponse) async throws -> Value
        ) async throws -> Value {
            var sent = HTTPClientRequest(url: request.address.description)
            for field in request.headers { sent.headers.add(name: field.name, value: field.value) }
            let response: HTTPClientResponse
            do {
                response = try await client.execute(sent, deadline: .distantFuture)
            } catch {
                throw WebFailure.translated(error, request.address, hasAnswer: false)
            }
            var iterator = response.body.makeAsyncIterator()
            let fields = response.headers.map { HTTPField($0.name, $0.value) }
            let answer = WebResponse(status: Int(response.status.code), headers: fields) {
                do {
                    return try await iterator.next().map { Array($0.readableBytesView) }
                } catch {
                    throw WebFailure.translated(error, request.address, hasAnswer: true)
                }
            }
            return try await body(answer)
        }

        private static func configuration(for request: WebRequest) -> HTTPClient.Configuration {
            var configuration = HTTPClient.Configuration(
                timeout: .init(connect: .nanoseconds(request.connect.nanoseconds)),
                decompression: .enabled(limit: .size(request.unpackedBytesMax)))
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.httpVersion = .http1Only
            configuration.redirectConfiguration = .disallow
            // The variable that OpenSSL's programs obey; the TLS library does not look for it.
            if let file = request.environment["SSL_CERT_FILE"], !file.isEmpty {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .file(file)
                configuration.tlsConfiguration = tls
            }
            if let proxy = ProxySetting(for: request.address.description, environment: request.environment) {
                configuration.proxy = Self.proxy(proxy)
            } else if let destination = request.destination {
                pin(&configuration, to: destination, for: request.address)
            }
            return configuration
        }

        /// The connection goes to the checked address, while the field `Host`, the name that TLS asks for and the check of
        /// the certificate stay those of the original name. A connection that leads elsewhere is closed before a byte is
        /// sent: what is checked is the peer of the socket.
        private static func pin(
            _ configuration: inout HTTPClient.Configuration, to destination: IPAddress, for address: WebAddress
        ) {
            if case .name(let name) = address.host { configuration.dnsOverride = [name: destination.description] }
            configuration.http1_1ConnectionDebugInitializer = { channel in
                let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
                guard peer == destination else {
                    return channel.eventLoop.makeFailedFuture(WebFailure.elsewhere(address))
                }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        }

        private static func proxy(_ setting: ProxySetting) -> HTTPClient.Configuration.Proxy {
            if setting.isSOCKS { return .socksServer(host: setting.host, port: setting.port) }
            let authorization = setting.user.map {
                HTTPClient.Authorization.basic(username: $0, password: setting.password ?? "")
            }
            return .server(host: setting.host, port: setting.port, authorization: authorization)
        }
    }

    /// The library's errors as sentences for the model.
    enum WebFailure {
        /// The connection led to another address than the one that was checked.
        static func elsewhere(_ address: WebAddress) -> ToolError {
            ToolError("refused_address", "the connection to \(address.hostText) led to an address that was not checked")
        }

        static func translated(_ error: any Error, _ address: WebAddress, hasAnswer: Bool) -> any Error {
            if error is CancellationError || Task.isCancelled { return CancellationError() }
            if let error = error as? ToolError { return error }
            let place = address.hostText
            if let error = error as? HTTPClientError {
                switch error {
                case .cancelled: return CancellationError()
                case .connectTimeout: return ToolError("unreachable", "\(place) did not answer in time")
                case .invalidProxyResponse: return ToolError("unreachable", "the proxy does not connect to \(place)")
                case .proxyAuthenticationRequired:
                    return ToolError("unreachable", "the proxy wants a name and a password")
                default: break
                }
            }
            // The types of the unpacker belong to a package that is not a dependency of ours.
            if String(reflecting: type(of: error)).contains("DecompressionError") {
                return "\(error)" == "limit"
                    ? ToolError("too_large", "the answer of \(place) unpacks to more than may be read")
                    : ToolError("broken_answer", "what \(place) sent compressed cannot be unpacked")
            }
            if error is HTTPParserError {
                return ToolError("broken_answer", "\(place) answered with something that is not HTTP")
            }
            if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
                return hasAnswer ? cut(place) : tls(error, place)
            }
            return hasAnswer
                ? cut(place) : ToolError("unreachable", "\(place) cannot be reached (\(reason(of: error)))")
        }

        private static func cut(_ place: String) -> ToolError {
            ToolError("broken_answer", "the connection to \(place) broke in the middle of the answer")
        }

        private static func tls(_ error: any Error, _ place: String) -> ToolError {
            let text = "\(error)"
            let why =
                text.contains("CERTIFICATE_VERIFY_FAILED")
                ? "its certificate is not trusted here"
                : text.contains("unableToValidateCertificate") || text.contains("failedToValidateHostname")
                    ? "its certificate is for another name"
                    : text.contains("noSuchFilesystemObject")
                        ? "the file of SSL_CERT_FILE is not there" : "the handshake failed"
            return ToolError("tls_failed", "no secure connection to \(place): \(why)")
        }

        /// In the words of the system, where it is one of its errors.
        private static func reason(of error: any Error) -> String {
            if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
            if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
                return reason(of: first.error)
            }
            return "\(error)"
        }
    }

    extension Duration {
        fileprivate var nanoseconds: Int64 {
            components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
        }
    }
#endif
