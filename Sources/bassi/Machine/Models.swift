import ArgumentParser
import BassiEvents
import BassiModels
import BassiWorkspace
import Foundation

/// `bassi models`: who can be asked now, and why the others cannot.
struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List providers and models: which can be used now, and why the others cannot.")

    @Flag(help: "For programs.") var json = false

    private struct Row {
        let name: String
        let isUsable: Bool
        let note: String
    }

    func run() async throws {
        let folder = FileManager.default.currentDirectoryPath
        let workspace = try Workspace(folder: folder, environment: ProcessInfo.processInfo.environment)
        let registry = workspace.registry()
        var rows = [Row(name: "demo", isUsable: true, note: "built in, needs no key")]
        for provider in registry.providers {
            let (isUsable, note) = await Self.state(of: provider, registry)
            let prefix = "\(provider.name)/"
            let names = registry.knownModels.filter { $0.hasPrefix(prefix) }
            for name in names.isEmpty ? [prefix + "…"] : names {
                rows.append(Row(name: name, isUsable: isUsable, note: note))
            }
        }
        if json {
            let models = rows.map { row -> JSONValue in
                ["name": .string(row.name), "usable": .bool(row.isUsable), "note": .string(row.note)]
            }
            let document: JSONValue = ["models": .array(models), "default": .string(registry.defaultModel)]
            return _ = Standard.print(document.text)
        }
        let table = rows.map {
            [$0.name == registry.defaultModel ? "* \($0.name)" : "  \($0.name)", $0.isUsable ? "yes" : "no", $0.note]
        }
        for line in Table.lines([["  MODEL", "USABLE", "WHY"]] + table) { Standard.print(line) }
        Standard.print("\n* is taken when --model is not given.")
    }

    private static func state(of provider: Provider, _ registry: ProviderRegistry) async -> (Bool, String) {
        if let variable = provider.keyVariable {
            return registry.key(of: provider) != nil ? (true, "\(variable) is set") : (false, "set \(variable)")
        }
        let url = registry.baseURL(of: provider)
        guard let (host, port) = LocalProbe.place(in: url) else { return (true, url) }
        return await LocalProbe.answers(host: host, port: port)
            ? (true, "answers at \(url)") : (false, "nothing listens at \(url)")
    }
}
