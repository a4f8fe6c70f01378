#if Network
    import Foundation

    @testable import BassiTesting

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// A client with nothing between the test and its socket. Its blocking calls are on a queue of their own.
    final class SocketClient: Sendable {
        struct Failure: Error, Equatable {
            let call: String
            let code: Int32
        }

        private let descriptor: Int32
        private let queue = DispatchQueue(label: "socket client")

        init(port: Int) throws {
            #if canImport(Glibc)
                let stream = Int32(SOCK_STREAM.rawValue)
            #else
                let stream = SOCK_STREAM
            #endif
            descriptor = socket(AF_INET, stream, 0)
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
            }
            guard result == 0 else { throw Failure(call: "connect", code: errno) }
        }

        func close() { shutdownAndClose(descriptor) }

        func send(_ request: RecordedRequest, keepAlive: Bool = false) async throws {
            var head = "\(request.method) \(request.path) HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            for field in request.headers { head += "\(field.name): \(field.value)\r\n" }
            if !keepAlive { head += "connection: close\r\n" }
            let bytes = Array((head + "content-length: \(request.bodyBytes.count)\r\n\r\n").utf8) + request.bodyBytes
            try await onQueue { descriptor in
                let sent = Foundation.write(descriptor, bytes, bytes.count)
                guard sent == bytes.count else { throw Failure(call: "write", code: errno) }
            }
        }

        /// Reads until the text is there, or the connection ends.
        func read(until text: String = "\u{0}never") async throws -> [UInt8] {
            let end = Array(text.utf8)
            return try await onQueue { descriptor in
                var all: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 65_536)
                while !all.suffix(200_000).contains(sequence: end) {
                    let count = Foundation.read(descriptor, &chunk, chunk.count)
                    if count < 0 { throw Failure(call: "read", code: errno) }
                    if count == 0 { return all }
                    all += chunk[..<count]
                }
                return all
            }
        }

        private func onQueue<R: Sendable>(_ body: @escaping @Sendable (Int32) throws -> R) async throws -> R {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { [descriptor] in continuation.resume(with: Result { try body(descriptor) }) }
            }
        }
    }

    private func shutdownAndClose(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    extension Sequence<UInt8> {
        fileprivate func contains(sequence: [UInt8]) -> Bool { Data(self).range(of: Data(sequence)) != nil }
    }

    /// An answer as it came over the socket.
    struct SocketAnswer {
        let status: Int
        let head: String
        /// The chunks of the body, or all of it when it has a length.
        let chunks: [[UInt8]]
        /// Whether the body has its end.
        let isWhole: Bool

        var body: [UInt8] { chunks.flatMap { $0 } }

        init?(_ bytes: [UInt8]) {
            let data = Data(bytes)
            guard let gap = data.range(of: Data("\r\n\r\n".utf8)) else { return nil }
            head = String(decoding: data[..<gap.lowerBound], as: UTF8.self)
            status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            var rest = data[gap.upperBound...]
            guard head.lowercased().contains("transfer-encoding: chunked") else {
                chunks = [Array(rest)]
                isWhole = head.lowercased().contains("content-length: \(rest.count)")
                return
            }
            var chunks: [[UInt8]] = []
            var isWhole = false
            while let line = rest.range(of: Data("\r\n".utf8)) {
                let digits = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
                guard let count = Int(digits, radix: 16),
                    rest.distance(from: line.upperBound, to: rest.endIndex) >= count
                else { break }
                if count == 0 {
                    isWhole = true
                    break
                }
                chunks.append(Array(rest[line.upperBound..<(line.upperBound + count)]))
                rest = rest[(line.upperBound + count + 2)...]
            }
            self.chunks = chunks
            self.isWhole = isWhole
        }
    }
#endif
