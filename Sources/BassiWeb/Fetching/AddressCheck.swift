import BassiModels
import BassiTools

/// Finds where a request may connect to: every address of the host is checked, and what comes back is connected to as
/// it stands.
struct AddressCheck: Sendable {
    let resolver: any NameResolver
    let allowed: [AllowedPlace]
    let environment: [String: String]

    /// The checked addresses, the best first; a single nil where a proxy connects.
    ///
    /// - Throws: ``ToolError`` `refused_address` or `unknown_host`.
    func destinations(of web: WebAddress) async throws -> [IPAddress?] {
        let hasProxy = ProxySetting(for: web.description, environment: environment) != nil
        switch web.host {
        case .address(let address):
            try check([address], for: web)
            return [hasProxy ? nil : address]
        case .name(let name) where hasProxy:
            // The proxy resolves the name itself; what can be known here is checked all the same.
            if let found = await looked(up: name) { try check(found, for: web) }
            try Task.checkCancellation()
            return [nil]
        case .name(let name):
            let found: [IPAddress]
            do { found = try await resolver.addresses(of: name) } catch let error as NameNotFound {
                throw ToolError("unknown_host", "there is no host '\(name)' (\(error.reason))")
            }
            try check(found, for: web)
            return found.prefix(WebSettings.addressesMax).map { $0 }
        }
    }

    /// One address that is not public is enough: which of them a connection would take is not ours to say.
    func check(_ addresses: [IPAddress], for web: WebAddress) throws(ToolError) {
        for address in addresses {
            guard let kind = AddressRules.refusal(of: address),
                !allowed.contains(where: { $0.allows(address, for: web) })
            else { continue }
            throw ToolError(
                "refused_address",
                "\(web.hostText) leads to \(address), which is \(kind): only public addresses are fetched. "
                    + "Where the person wants it: limits.web.allow in their settings")
        }
    }

    private func looked(up name: String) async -> [IPAddress]? {
        await withTaskGroup(of: [IPAddress]?.self) { group in
            group.addTask { try? await resolver.addresses(of: name) }
            group.addTask {
                try? await Task.sleep(for: WebSettings.lookUpBesideProxy)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
