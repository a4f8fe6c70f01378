import ArgumentParser
import BassiEvents
import BassiModels
import BassiWorkspace
import Foundation

/// `bassi models`: who can be asked now, and why the others cannot.
struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List providers and models: which can be used now, and why the others cannot.",
        discussion: "With -v or --verbose: all models, with prices, where those are from, and windows.")

    @Flag(help: "For programs.") var json = false
    /// Of these `--verbose`: the root has it, and a second flag of that name would never be seen.
    @OptionGroup(visibility: .hidden) var output: OutputOptions

    func run() async throws {
        let folder = FileManager.default.currentDirectoryPath
        let workspace = try Workspace(folder: folder, environment: ProcessInfo.processInfo.environment)
        let registry = workspace.registry()
        var groups = [
            ModelGroup(
                provider: "demo", problem: nil, note: "built in, needs no key", models: ["demo"], takesAny: false)
        ]
        for provider in registry.providers { groups.append(await Self.group(of: provider, registry)) }
        if json { return _ = Standard.print(Self.document(of: groups, registry).text) }
        let text = ModelsText(registry: registry)
        for line in output.verbose ? text.tables(of: groups) : text.list(of: groups) { Standard.print(line) }
    }

    /// A provider without a key of its own is there when something listens at its address.
    private static func group(of provider: Provider, _ registry: ProviderRegistry) async -> ModelGroup {
        let url = registry.baseURL(of: provider)
        var (problem, note) = (registry.problem(of: provider).map(reason), "answers at \(url)")
        if let variable = provider.keyVariable {
            note = "\(variable) is set" + (url == provider.baseURL ? "" : ", at \(url)")
        } else if problem == nil, let (host, port) = LocalProbe.place(in: url) {
            if await !LocalProbe.answers(host: host, port: port) { problem = "nothing listens at \(url)" }
        } else {
            note = "at \(url)"
        }
        let prefix = "\(provider.name)/"
        var seen: Set<String> = []
        let models = registry.knownModels.filter { $0.hasPrefix(prefix) && seen.insert($0).inserted }
        return ModelGroup(
            provider: provider.name, problem: problem, note: note, models: models,
            takesAny: provider.takesAnyModel || url != provider.baseURL)
    }

    private static func reason(_ problem: ModelNameError) -> String {
        switch problem {
        case .missingKey(_, let variable): "set \(variable)"
        case .noNetwork: "this build cannot reach the network: build it with the trait Network"
        case .unknown: "\(problem)"
        }
    }

    // MARK: - For programs

    private static func document(of groups: [ModelGroup], _ registry: ProviderRegistry) -> JSONValue {
        let providers = groups.map { group -> JSONValue in
            [
                "name": .string(group.provider), "usable": .bool(group.problem == nil), "note": .string(group.reason),
                "takes_any_model": .bool(group.takesAny),
            ]
        }
        let models = groups.flatMap { group in group.models.map { row(of: $0, in: group, registry) } }
        return [
            "models": .array(models), "providers": .array(providers), "default": .string(registry.defaultModel),
        ]
    }

    /// What is not known is null, and never nothing.
    private static func row(of name: String, in group: ModelGroup, _ registry: ProviderRegistry) -> JSONValue {
        let profile = (try? registry.profile(for: name)) ?? ModelProfile()
        let source = profile.priceSource.map { source -> JSONValue in
            ["name": .string(source.name), "date": source.date.map { .string($0) } ?? .null]
        }
        return [
            "name": .string(name), "provider": .string(group.provider), "usable": .bool(group.problem == nil),
            "note": .string(group.reason), "context_tokens_max": .number(JSONNumber(profile.contextTokensMax)),
            "output_tokens_max": .number(JSONNumber(profile.outputTokensMax)),
            "usd_per_million_tokens": profile.price.map(Self.json) ?? .null, "price_source": source ?? .null,
        ]
    }

    private static func json(_ price: Price) -> JSONValue {
        func dollars(_ nanos: Int64, percent: Int64 = 100) -> JSONValue {
            (try? JSONParser.parse(Price.perMillion(nanos, percent: percent).description)) ?? .null
        }
        let long = price.surcharge.map { more -> JSONValue in
            [
                "over_tokens": .number(JSONNumber(more.threshold)), "input": dollars(price.input, percent: more.input),
                "output": dollars(price.output, percent: more.output),
                "cache_read": dollars(price.cacheRead, percent: more.input),
                "cache_write": dollars(price.cacheWrite, percent: more.input),
            ]
        }
        return [
            "input": dollars(price.input), "output": dollars(price.output), "cache_read": dollars(price.cacheRead),
            "cache_write": dollars(price.cacheWrite), "long_prompt": long ?? .null,
        ]
    }
}

/// A provider and its models.
struct ModelGroup {
    let provider: String
    /// Why it cannot be asked; nil when it can.
    let problem: String?
    /// Why it can.
    let note: String
    let models: [String]
    /// Whether any other name may be a model too.
    let takesAny: Bool

    var reason: String { problem ?? note }
}

extension Price {
    /// Dollars for a million tokens.
    static func perMillion(_ nanoDollars: Int64, percent: Int64 = 100) -> Money {
        Money(nanoDollars: nanoDollars * 10_000 * percent)
    }
}
