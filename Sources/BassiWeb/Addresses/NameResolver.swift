import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds the addresses of a name. A protocol, so that tests say what a name resolves to.
public protocol NameResolver: Sendable {
    /// All addresses of a name, the best first.
    ///
    /// - Throws: ``NameNotFound``, or `CancellationError` at once when the task is cancelled.
    func addresses(of name: String) async throws -> [IPAddress]
}

/// A name that has no address here.
public struct NameNotFound: Error, Sendable, Equatable {
    /// Why, in the words of the system.
    public let reason: String

    /// An error.
    public init(reason: String) { self.reason = reason }
}

/// Asks the system, on threads of its own: its call blocks, for many seconds where no server answers.
public struct SystemResolver: NameResolver {
    /// Calls that may be under way at once, those too that nobody waits for any more.
    static let callsMax = 16

    private static let queue = DispatchQueue(label: "bassi.names", attributes: .concurrent)
    private static let calls = Mutex(0)

    /// The resolver.
    public init() {}

    /// Asks the system.
    public func addresses(of name: String) async throws -> [IPAddress] {
        let answer = Answer()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard answer.wait(continuation) else { return }
                guard Self.begin() else {
                    return answer.give(.failure(NameNotFound(reason: "too many names are being looked up")))
                }
                Self.queue.async {
                    let result = Result { try Self.look(up: name) }
                    Self.calls.withLock { $0 -= 1 }
                    answer.give(result)
                }
            }
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }

    private static func begin() -> Bool {
        calls.withLock { calls in
            if calls < callsMax { calls += 1 } else { return false }
            return true
        }
    }

    private static func look(up name: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else { throw NameNotFound(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = address(in: entry), !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        if found.isEmpty { throw NameNotFound(reason: "the name has no address") }
        return found
    }

    private static func address(in entry: addrinfo) -> IPAddress? {
        guard let socket = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let bytes = socket.loadUnaligned(as: sockaddr_in.self).sin_addr
            return IPAddress(bytes: withUnsafeBytes(of: bytes) { Array($0) })
        case AF_INET6:
            let bytes = socket.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return IPAddress(bytes: withUnsafeBytes(of: bytes) { Array($0) })
        default: return nil
        }
    }
}

/// The answer to one question: it comes once, from the system or from the one who cancels.
private final class Answer: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<[IPAddress], any Error>)
        case over(Result<[IPAddress], any Error>)
    }

    private let state = Mutex(State.new)

    /// False when it was cancelled already, and the continuation knows.
    func wait(_ continuation: CheckedContinuation<[IPAddress], any Error>) -> Bool {
        let early: Result<[IPAddress], any Error>? = state.withLock { state in
            if case .over(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
        return early == nil
    }

    func give(_ result: Result<[IPAddress], any Error>) {
        let waiting: CheckedContinuation<[IPAddress], any Error>? = state.withLock { state in
            switch state {
            case .new:
                state = .over(result)
                return nil
            case .waiting(let continuation):
                state = .over(result)
                return continuation
            case .over: return nil
            }
        }
        waiting?.resume(with: result)
    }
}
