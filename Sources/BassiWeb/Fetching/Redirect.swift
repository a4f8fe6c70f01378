import BassiTools

/// What becomes of an answer that names another address.
enum Redirect: Equatable {
    /// The same host: what was allowed for the first address holds for this one too.
    case follow(WebAddress)
    /// Another host: the model is told, and asks for it by a call of its own, which the rules judge.
    case report(WebAddress)

    /// Decides about an answer; nil where it is no redirect.
    ///
    /// - Throws: ``ToolError`` `refused_redirect` or `invalid_url`.
    init?(from address: WebAddress, status: Int, location: String?) throws(ToolError) {
        guard [301, 302, 303, 307, 308].contains(status), let location else { return nil }
        guard let text = WebReference(base: address).resolve(location) else {
            throw ToolError("refused_redirect", "\(address) redirects to something that is no address")
        }
        let target: WebAddress
        do { target = try WebAddress(text) } catch {
            throw ToolError("refused_redirect", "\(address) redirects elsewhere: \(error.message)")
        }
        if address.isSecure, !target.isSecure {
            throw ToolError("refused_redirect", "\(address) redirects from https to http, to \(target)")
        }
        self = target.host == address.host ? .follow(target) : .report(target)
    }
}
