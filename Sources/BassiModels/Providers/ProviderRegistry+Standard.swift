import Synchronization

extension ProviderRegistry {
    /// The providers that this build knows, with the keys of an environment, over the network where this build has one.
    public static func standard(
        environment: [String: String], providers: [Provider] = Provider.builtIn, demo: any ModelAdapter = DemoModel(),
        userAgent: String = "bassi", limits: TransportLimits = TransportLimits()
    ) -> ProviderRegistry {
        #if Network
            return ProviderRegistry(
                environment: environment, providers: providers, demo: demo, userAgent: userAgent
            ) { url in TransportPool.shared.transport(for: url, environment: environment, limits: limits) }
        #else
            return ProviderRegistry(
                environment: environment, providers: providers, demo: demo, userAgent: userAgent, transport: nil)
        #endif
    }
}

#if Network
    /// One transport for each address and what is set for it, kept for the life of the process: its connections are worth keeping, and the
    /// library insists that a client is shut down before it is let go.
    final class TransportPool: Sendable {
        static let shared = TransportPool()

        private struct Place: Hashable {
            let url: String
            let limits: TransportLimits
        }

        private let transports = Mutex<[Place: AsyncHTTPTransport]>([:])

        func transport(
            for url: String, environment: [String: String], limits: TransportLimits
        ) -> AsyncHTTPTransport {
            transports.withLock { transports in
                let place = Place(url: url, limits: limits)
                if let known = transports[place] { return known }
                let transport = AsyncHTTPTransport(for: url, environment: environment, limits: limits)
                transports[place] = transport
                return transport
            }
        }
    }
#endif
