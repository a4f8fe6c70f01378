import BassiEvents
import BassiModels

/// What the next model call may cost: reserved before it is made.
struct Budget: Equatable {
    /// An answer shorter than this is not worth its prompt.
    static let outputTokensMin = 1024

    /// The output limit of the call.
    let outputTokensMax: Int
    /// All tokens that the call may use, in and out.
    let tokens: Int
    /// What it costs at most; nil where the model has no price.
    let reserved: Money?

    /// The call's share of what is left; nil when that does not pay for an answer worth having.
    ///
    /// - Parameters:
    ///   - tokens: tokens that are spent or reserved already.
    ///   - charged: money that is.
    init?(within limits: RunLimits, tokens: Int, charged: Money, estimatedInputTokens: Int, profile: ModelProfile) {
        var output = profile.outputTokensMax
        if let most = limits.maxTokensTotal {
            output = min(output, most - tokens - estimatedInputTokens)
        }
        if let most = limits.maxCostUSD, let price = profile.price, price.output > 0 {
            let input = price.cost(of: Usage(inputTokens: estimatedInputTokens)).nanoDollars
            let left = most.nanoDollars - charged.nanoDollars - input
            output = min(output, Int(clamping: left / price.output))
        }
        let isLimited = output < profile.outputTokensMax
        if isLimited, output < Self.outputTokensMin { return nil }
        outputTokensMax = output
        self.tokens = estimatedInputTokens + output
        reserved = profile.price?.cost(of: Usage(inputTokens: estimatedInputTokens, outputTokens: output))
    }
}
