#if Network
    import Foundation
    import Synchronization

    /// A server on this machine that does to its clients what no well-behaved server does: it sends bytes as they stand, and
    /// ends a connection in any way. The n-th connection gets the n-th reply, the last one for ever.
    final class FaultServer: Sendable {
        /// What a connection gets.
        struct Reply: Sendable {
            enum Ending: Sendable {
                /// The stream's clean end.
                case close
                /// A reset.
                case reset
                /// Nothing more, until the client leaves.
                case silence
            }

            var steps: [Step]
            var ending = Ending.close
            /// Whether the request is read first; a client that is not heard sends into the void.
            var readsRequest = true
        }

        enum Step: Sendable {
            case send(String)
            case bytes([UInt8])
            case pause(milliseconds: Int)
        }

        let port: Int
        private let listener: Int32
        private let replies: [Reply]
        private let state = Mutex(State())

        private struct State {
            var requests: [String] = []
            var isOver = false
        }

        /// The requests so far, as they came.
        var requests: [String] { state.withLock { $0.requests } }

        init(_ replies: [Reply]) throws {
            self.replies = replies
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard let port = Self.listen(on: listener) else { throw CocoaError(.fileReadUnknown) }
            self.listener = listener
            self.port = Int(port)
            Thread.detachNewThread { self.accept() }
        }

        /// Binds to a free port of this machine and gives it.
        private static func listen(on listener: Int32) -> UInt16? {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            return withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> UInt16? in
                    guard bind(listener, raw, size) == 0, Glibc.listen(listener, 64) == 0,
                        getsockname(listener, raw, &size) == 0
                    else { return nil }
                    return raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        UInt16(bigEndian: $0.pointee.sin_port)
                    }
                }
            }
        }

        /// Ends the server; what stalls ends with it.
        func stop() {
            state.withLock { $0.isOver = true }
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }

        private func accept() {
            var number = 0
            while true {
                let connection = Glibc.accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let reply = replies[min(number, replies.count - 1)]
                number += 1
                Thread.detachNewThread { self.serve(connection, reply) }
            }
        }

        private func serve(_ connection: Int32, _ reply: Reply) {
            if reply.readsRequest { read(connection) }
            for step in reply.steps {
                switch step {
                case .send(let text): write(connection, Array(text.utf8))
                case .bytes(let bytes): write(connection, bytes)
                case .pause(let milliseconds):
                    // Over early when the client leaves.
                    var client = pollfd(fd: connection, events: 0, revents: 0)
                    poll(&client, 1, Int32(milliseconds))
                }
            }
            switch reply.ending {
            case .close: shutdown(connection, Int32(SHUT_WR))
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            case .silence: break
            }
            if case .reset = reply.ending {} else { waitUntilClientLeaves(connection) }
            close(connection)
        }

        /// The head, and as much of a body as it says.
        private func read(_ connection: Int32) {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let text = String(decoding: bytes, as: UTF8.self)
                if let head = text.range(of: "\r\n\r\n") {
                    let length = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
                        .first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
                    if text[head.upperBound...].utf8.count >= length ?? 0 { break }
                }
                let count = recv(connection, &buffer, buffer.count, 0)
                if count <= 0 { break }
                bytes += buffer[..<count]
            }
            state.withLock { $0.requests.append(String(decoding: bytes, as: UTF8.self)) }
        }

        private func write(_ connection: Int32, _ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
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
#endif
