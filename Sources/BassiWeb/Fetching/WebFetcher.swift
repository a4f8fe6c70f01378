import BassiModels
import BassiTools

/// What a fetch gave.
enum Fetched: Sendable {
    /// An answer.
    case page(WebPage)
    /// Another host has it.
    case elsewhere(WebAddress, status: Int)
}

/// An answer with as much of its body as may be read.
struct WebPage: Sendable {
    /// Where it came from, after redirects.
    let address: WebAddress
    let status: Int
    /// The field `content-type`.
    let contentType: String?
    let bytes: [UInt8]
    /// Whether more would have come.
    let isCut: Bool
}

/// Fetches one address: checks where it leads, connects there, follows what may be followed, reads what may be read.
struct WebFetcher: Sendable {
    let transport: any WebTransport
    let check: AddressCheck
    let settings: WebSettings
    let userAgent: String

    /// Fetches, within the time that the settings give.
    ///
    /// - Throws: ``ToolError``, or `CancellationError`.
    func fetch(_ address: WebAddress) async throws -> Fetched {
        try await withThrowingTaskGroup(of: Fetched.self) { group in
            group.addTask { try await follow(address) }
            group.addTask {
                try await Task.sleep(for: settings.timeout)
                throw ToolError(
                    "timed_out", "\(address) took more than \(settings.timeout.components.seconds) s",
                    outcome: .timedOut)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func follow(_ first: WebAddress) async throws -> Fetched {
        var address = first
        for _ in 0...WebSettings.redirectsMax {
            switch try await step(address) {
            case .answer(let page): return .page(page)
            case .redirect(.follow(let next), _): address = next
            case .redirect(.report(let next), let status):
                // An address that would be refused anyway is not offered.
                if case .address(let literal) = next.host { try check.check([literal], for: next) }
                return .elsewhere(next, status: status)
            }
        }
        throw ToolError("refused_redirect", "\(first) redirects more than \(WebSettings.redirectsMax) times")
    }

    private enum Step: Sendable {
        case answer(WebPage)
        case redirect(Redirect, status: Int)
    }

    /// One request, to the first of the checked addresses that can be connected to.
    private func step(_ address: WebAddress) async throws -> Step {
        var failure: (any Error)?
        for destination in try await check.destinations(of: address) {
            do {
                return try await transport.get(request(address, destination)) { try await answer($0, from: address) }
            } catch let error as ToolError where error.type == "unreachable" {
                try Task.checkCancellation()
                failure = failure ?? error
            }
        }
        throw failure ?? ToolError("unknown_host", "\(address.hostText) has no address")
    }

    private func request(_ address: WebAddress, _ destination: IPAddress?) -> WebRequest {
        let headers = [
            HTTPField("user-agent", userAgent),
            HTTPField("accept", "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5"),
            HTTPField("accept-encoding", "gzip, deflate"),
        ]
        return WebRequest(
            address: address, destination: destination, headers: headers, connect: settings.connect,
            // More than is read, so that a long page is cut and not refused; a bomb ends there.
            unpackedBytesMax: settings.bodyBytesMax * 2, environment: check.environment)
    }

    private func answer(_ response: WebResponse, from address: WebAddress) async throws -> Step {
        let redirect = try Redirect(from: address, status: response.status, location: response["location"])
        if let redirect { return .redirect(redirect, status: response.status) }
        let encoding = response["content-encoding"]?.lowercased() ?? "identity"
        guard ["gzip", "deflate", "identity", ""].contains(encoding) else {
            throw ToolError(
                "unsupported_encoding", "\(address) is compressed as '\(encoding.prefix(40))', which was not asked for")
        }
        let (bytes, isCut) = try await body(of: response)
        return .answer(
            WebPage(
                address: address, status: response.status, contentType: response["content-type"], bytes: bytes,
                isCut: isCut))
    }

    /// The body up to the limit; what comes after it is not waited for.
    private func body(of response: WebResponse) async throws -> ([UInt8], isCut: Bool) {
        var bytes: [UInt8] = []
        do {
            while let chunk = try await response.nextChunk() {
                bytes += chunk.prefix(settings.bodyBytesMax - bytes.count + 1)
                if bytes.count > settings.bodyBytesMax {
                    bytes.removeLast(bytes.count - settings.bodyBytesMax)
                    return (bytes, true)
                }
            }
        } catch let error as ToolError where error.type == "too_large" && !bytes.isEmpty {
            return (bytes, true)
        }
        return (bytes, false)
    }
}
