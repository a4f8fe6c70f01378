import BassiEvents
import BassiModels

/// Providers and their models, for people.
struct ModelsText {
    let registry: ProviderRegistry

    /// Who can be asked with its models, then why the others cannot, each in one line.
    func list(of groups: [ModelGroup]) -> [String] {
        var lines = ["Usable now:"]
        for group in groups where group.problem == nil {
            lines.append("  \(group.provider): \(group.reason)")
            lines += group.models.map { "  \($0 == registry.defaultModel ? "*" : " ") \($0)" }
            if group.takesAny { lines.append("    \(group.provider)/MODEL, for any other name") }
        }
        let others = groups.filter { $0.problem != nil }
        if !others.isEmpty {
            lines += ["", "Not usable:"]
            lines += Table.lines(others.map { ["  \($0.provider)", $0.reason, Self.models(of: $0)] }).map {
                $0.replacing(#/\s+$/#, with: "")
            }
        }
        return lines + [
            "", "* is taken when --model is not given. All models with their prices: bassi models --verbose",
        ]
    }

    private static func models(of group: ModelGroup) -> String {
        guard let first = group.models.first else { return "" }
        return group.models.count == 1 ? first : "\(group.models.count) models, such as \(first)"
    }

    /// Every model with what is known of it.
    func tables(of groups: [ModelGroup]) -> [String] {
        let head = ["  MODEL", "INPUT", "OUTPUT", "CACHE READ", "CACHE WRITE", "WINDOW", "ANSWER", "PRICE FROM"]
        var rows = [head]
        var places: [Int: String] = [:]
        for group in groups {
            places[rows.count] = "\(group.provider): \(group.problem.map { "not usable, \($0)" } ?? group.note)"
            rows += group.models.map(row)
            if group.models.isEmpty { rows.append(["  \(group.provider)/MODEL"]) }
        }
        let lines = Table.lines(rows)
        var text = ["Dollars for a million tokens; window and answer in tokens.", "", lines[0]]
        for (index, line) in lines.enumerated().dropFirst() {
            if let title = places[index] { text += ["", title] }
            text.append(line.replacing(#/\s+$/#, with: ""))
        }
        return text + [
            "", "* is taken when --model is not given. A price that is wrong here: 'prices' in the settings.",
        ]
    }

    private func row(of name: String) -> [String] {
        let profile = (try? registry.profile(for: name)) ?? ModelProfile()
        let mark = name == registry.defaultModel ? "*" : " "
        var cells = ["\(mark) \(name)"]
        if let price = profile.price {
            cells += [price.input, price.output, price.cacheRead, price.cacheWrite].map { "\(Price.perMillion($0))" }
        } else {
            cells += Array(repeating: "unknown", count: 4)
        }
        cells += [profile.contextTokensMax, profile.outputTokensMax].map(UsageText.grouped)
        return cells + [Self.source(of: profile)]
    }

    private static func source(of profile: ModelProfile) -> String {
        var text = [profile.priceSource?.name, profile.priceSource?.date].compactMap { $0 }.joined(separator: ", ")
        if let more = profile.price?.surcharge {
            let times = { (percent: Int64) in "\(Money(nanoDollars: percent * 10_000_000))" }
            text +=
                "; over \(UsageText.grouped(more.threshold)) tokens × \(times(more.input)) in, "
                + "× \(times(more.output)) out"
        }
        return text
    }
}
