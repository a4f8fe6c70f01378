#if Network
    import BassiTools
    import Foundation
    import Testing

    @testable import BassiWeb

    /// https with a certificate of the test's own: the name is checked, though the connection goes to an address.
    @Suite(.timeLimit(.minutes(2)), .enabled(if: TLSServer.isPossible)) struct CertificateTests {
        private func fetchSecurely(_ host: String, trusting: Bool = true) async throws -> Result<ToolResult, ToolError>
        {
            try await TLSServer.with(name: "pinned.test") { port, certificate in
                var settings = WebSettings()
                settings.allowed = [try #require(AllowedPlace("127.0.0.1"))]
                let names = FakeNames(["pinned.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]])
                let tool = WebFetchTool(settings: settings, resolver: names, transport: AsyncHTTPWebTransport())
                return await fetch(
                    "https://\(host):\(port)/", tool, environment: trusting ? ["SSL_CERT_FILE": certificate] : [:])
            }
        }

        @Test func `the certificate of the name is right for the pinned address`() async throws {
            let result = try await fetchSecurely("pinned.test")
            #expect(result.text?.contains("TLS") == true, "\(result)")
        }

        @Test(arguments: [("other.test", true), ("pinned.test", false), ("127.0.0.1", true)])
        func `a certificate for another name, or of nobody known, is refused`(host: String, trusting: Bool) async throws
        {
            let result = try await fetchSecurely(host, trusting: trusting)
            #expect(result.error?.type == "tls_failed", "\(result)")
        }
    }

    /// The server of the `openssl` program, which shows a page about the connection.
    enum TLSServer {
        private static let program = "/usr/bin/openssl"
        static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: program) }

        static func with<Value>(name: String, _ body: (_ port: Int, _ certificate: String) async throws -> Value)
            async throws -> Value
        {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
            let maker = process([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", key, "-out", certificate, "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
            ])
            maker.standardOutput = FileHandle.nullDevice
            try maker.run()
            maker.waitUntilExit()
            let (server, output) = (
                process(["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"]), Pipe()
            )
            server.standardOutput = output
            try server.run()
            defer {
                // A child inherits that the threads of the pool take no SIGTERM.
                kill(server.processIdentifier, SIGKILL)
                server.waitUntilExit()
            }
            return try await body(try #require(port(in: output)), certificate)
        }

        private static func process(_ arguments: [String]) -> Process {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            return process
        }

        /// `ACCEPT 127.0.0.1:PORT`
        private static func port(in output: Pipe) -> Int? {
            var text = ""
            while !text.contains("\n") || !text.contains("ACCEPT") {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { return nil }
                text += String(decoding: data, as: UTF8.self)
            }
            let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
            return line?.split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        }
    }
#endif
