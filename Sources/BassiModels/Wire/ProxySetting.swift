import Foundation

/// The proxy that the environment names for an address, by the habits of curl: `HTTPS_PROXY` for https, `HTTP_PROXY`
/// (lower case only, since a CGI server sets the other) for http, neither for a host that `NO_PROXY` names.
package struct ProxySetting: Equatable {
    package let host: String
    package let port: Int
    /// Whether it speaks SOCKS 5 in place of HTTP.
    package let isSOCKS: Bool
    /// Who asks, where the address says so.
    package let user: String?
    /// The password that belongs to it.
    package let password: String?

    package init?(for url: String, environment: [String: String]) {
        guard let target = URLComponents(string: url), let host = target.host?.lowercased() else { return nil }
        let names = target.scheme == "https" ? ["HTTPS_PROXY", "https_proxy"] : ["http_proxy"]
        let setting = (names + ["ALL_PROXY", "all_proxy"]).compactMap { environment[$0] }.first { !$0.isEmpty }
        let exceptions = ["NO_PROXY", "no_proxy"].compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let setting, !Self.matches(host, exceptions ?? ""),
            let proxy = URLComponents(string: setting.contains("://") ? setting : "http://" + setting),
            let proxyHost = proxy.host, !proxyHost.isEmpty
        else { return nil }
        self.host = proxyHost
        isSOCKS = proxy.scheme?.hasPrefix("socks") == true
        port = proxy.port ?? (isSOCKS ? 1080 : proxy.scheme == "https" ? 443 : 80)
        (user, password) = (proxy.user, proxy.password)
    }

    private static func matches(_ host: String, _ exceptions: String) -> Bool {
        exceptions.split(separator: ",").contains { entry in
            let name = entry.trimmed.lowercased()
            if name == "*" { return true }
            let bare = name.hasPrefix(".") ? String(name.dropFirst()) : name
            return !bare.isEmpty && (host == bare || host.hasSuffix("." + bare))
        }
    }
}
