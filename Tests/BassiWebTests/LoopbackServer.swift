#if Network
    import Foundation
    import Synchronization

    /// A server on this machine that answers with bytes as they stand, by the path that is asked for.
    final class LoopbackServer: Sendable {
        /// What a request gets: bytes, again and again where it is endless, and then a close or silence.
        struct Reply: Sendable {
            var bytes: [UInt8]
            var isEndless = false
            var staysSilent = false
            /// What the next request over the same connection gets; nil where none is read.
            var next: [UInt8]?

            static func text(_ text: String, type: String = "text/plain", status: String = "200 OK") -> Reply {
                let body = Array(text.utf8)
                let head =
                    "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
                    + "Connection: close\r\n\r\n"
                return Reply(bytes: Array(head.utf8) + body)
            }

            /// What a proxy says that lets the client through, and what comes from behind it.
            static func tunnel(to reply: Reply) -> Reply {
                Reply(bytes: Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8), next: reply.bytes)
            }

            static func redirect(to location: String) -> Reply {
                Reply(bytes: Array("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n".utf8))
            }
        }

        let port: Int
        private let listener: Int32
        private let replies: @Sendable (_ path: String) -> Reply
        private let state = Mutex(State())

        private struct State {
            var requests: [String] = []
            var isOver = false
        }

        /// `asked PATH` and `left PATH`, as they happen.
        let events: AsyncStream<String>
        private let happened: AsyncStream<String>.Continuation

        /// The requests so far, as they came.
        var requests: [String] { state.withLock { $0.requests } }

        init(_ replies: @escaping @Sendable (_ path: String) -> Reply) throws {
            self.replies = replies
            (events, happened) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100))
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = listener
            let found = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                    bind(descriptor, raw, size) == 0 && Glibc.listen(descriptor, 64) == 0
                        && getsockname(descriptor, raw, &size) == 0
                }
            }
            guard found else { throw CocoaError(.fileReadUnknown) }
            port = Int(UInt16(bigEndian: address.sin_port))
            Thread.detachNewThread { self.accept() }
        }

        /// From here on nobody is connected. The thread that accepts closes the descriptor: closed here, its number could
        /// be another server's by the time that thread accepts.
        func stop() {
            state.withLock { $0.isOver = true }
            shutdown(listener, Int32(SHUT_RDWR))
        }

        /// Waits until this has happened.
        func wait(for event: String) async {
            for await next in events where next == event { return }
        }

        private func accept() {
            defer { close(listener) }
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                if connection < 0, errno == EINTR { continue }
                guard connection >= 0 else { return }
                Thread.detachNewThread { self.serve(connection) }
            }
        }

        private func serve(_ connection: Int32) {
            defer { close(connection) }
            let request = read(connection)
            let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            state.withLock { $0.requests.append(request) }
            happened.yield("asked \(path)")
            let reply = replies(path)
            repeat {
                guard write(connection, reply.bytes) else { break }
            } while reply.isEndless && !state.withLock { $0.isOver }
            if let next = reply.next {
                let request = read(connection)
                state.withLock { $0.requests.append(request) }
                _ = write(connection, next)
            }
            if !reply.staysSilent { shutdown(connection, Int32(SHUT_WR)) }
            waitUntilClientLeaves(connection)
            happened.yield("left \(path)")
        }

        private func read(_ connection: Int32) -> String {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
                let count = recv(connection, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                bytes += buffer[..<count]
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        private func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // Other tests start programs, whose end is a signal.
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        private func waitUntilClientLeaves(_ connection: Int32) {
            var buffer = [UInt8](repeating: 0, count: 4096)
            var timeout = timeval(tv_sec: 1, tv_usec: 0)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout.size(ofValue: timeout)))
            while !state.withLock({ $0.isOver }) {
                let count = recv(connection, &buffer, buffer.count, 0)
                if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return }
            }
        }
    }

    /// Bytes of gzip that unpack to zeros, a thousand times as many: `matches` times 258 of them.
    func gzipBomb(matches: Int) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var (buffer, count): (UInt32, UInt32) = (0, 0)
        func put(_ bits: String) {
            for bit in bits.utf8 {
                if bit == UInt8(ascii: "1") { buffer |= 1 << count }
                count += 1
                if count == 8 {
                    bytes.append(UInt8(buffer))
                    (buffer, count) = (0, 0)
                }
            }
        }
        // One block with the fixed code: a zero, and again and again "258 bytes as one byte before".
        put("110" + "00110000")
        for _ in 0..<matches { put("11000101" + "00000") }
        put("0000000" + "0000000")
        return bytes
    }
#endif
