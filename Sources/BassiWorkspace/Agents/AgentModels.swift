import BassiModels

/// Finds the models that agents name among those that can be asked: by their whole name, their name at the provider, or
/// the short word that people use, such as `sonnet`.
struct AgentModels {
    let registry: ProviderRegistry

    /// The name by which the model can be asked; nil where none can be.
    func resolve(_ word: String) -> String? {
        let names = word.contains("/") ? [word] : candidates(word)
        return names.first { (try? registry.adapter(for: $0)) != nil }
    }

    /// The known models that a word may mean, in the order of the providers; of several of one name the newest is first.
    private func candidates(_ word: String) -> [String] {
        let known = registry.knownModels.map { name in
            let parts = name.split(separator: "/", maxSplits: 1)
            return (name: name, provider: parts[0], model: parts[parts.count - 1])
        }
        let exact = known.filter { $0.model == word }.map(\.name)
        let dated = known.filter { Self.isVersion(word, of: $0.model) }.map { "\($0.provider)/\(word)" }
        // Not the first word, which is that of the family: `claude` may be the dearest.
        let short = known.filter { $0.model.split(separator: "-").dropFirst().contains { $0 == word.lowercased() } }
        return exact + dated + (word.first?.isLetter == true ? short.map(\.name) : [])
    }

    /// `claude-sonnet-4-5-20250929` is `claude-sonnet-4-5` of that day.
    private static func isVersion(_ word: String, of model: Substring) -> Bool {
        word.hasPrefix(model + "-") && word.dropFirst(model.count).allSatisfy { $0 == "-" || $0.isNumber }
    }
}
