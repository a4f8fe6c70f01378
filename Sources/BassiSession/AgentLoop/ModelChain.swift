import BassiModels

/// The models of a session, in the order in which they are asked: the one that was chosen, then those that stand in for
/// it when it fails.
package struct ModelChain: Sendable {
    /// Why a model that stands in is asked, as `model_switched` says it.
    static let fallback = "fallback"
    /// Why the chosen model is asked again.
    static let restored = "restored"
    /// Why another model is asked from now on.
    static let user = "user"

    private var models: [ProviderRegistry.Found]
    private var at = 0

    init(_ chosen: ProviderRegistry.Found, fallbacks: [ProviderRegistry.Found] = []) {
        models = [chosen] + fallbacks.filter { $0.name != chosen.name }
    }

    /// The model that is asked now.
    var current: ProviderRegistry.Found { models[at] }

    /// The model that is asked when the current one fails for good; nil when none is left.
    mutating func fallBack() -> ProviderRegistry.Found? {
        guard at + 1 < models.count else { return nil }
        at += 1
        return models[at]
    }

    /// Begins again with the chosen one.
    mutating func restore() { at = 0 }

    /// Goes on where a run stood: with the model of this name, if it is one of ours.
    mutating func goOn(with name: String?) { at = models.firstIndex { $0.name == name } ?? 0 }

    /// Takes another one in place of the chosen one.
    mutating func choose(_ model: ProviderRegistry.Found) {
        models = [model] + models.dropFirst().filter { $0.name != model.name }
        at = 0
    }

    /// Whether another model may do what this one did not: what is wrong with the request itself is wrong everywhere.
    static func mayHelp(against error: ModelError) -> Bool {
        switch error.kind {
        case .connection, .cut, .stalled, .malformed, .rateLimited, .overloaded, .server, .quotaSpent,
            .authentication, .permission, .notFound:
            true
        case .tooLarge, .contextExceeded, .signatureRefused, .invalidRequest: false
        }
    }
}
