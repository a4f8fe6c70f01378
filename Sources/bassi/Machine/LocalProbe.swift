import Dispatch
import Foundation

/// Whether something listens at a port of this machine: a connection that is refused is refused at once.
enum LocalProbe {
    /// Host and port of a URL that names this machine; nil for any other.
    static func place(in url: String) -> (host: String, port: Int)? {
        guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port else { return nil }
        return ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host) ? (host, port) : nil
    }

    static func answers(host: String, port: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: connects(to: port)) }
        }
    }

    private static func connects(to port: Int) -> Bool {
        guard let number = UInt16(exactly: port) else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
    }
}
