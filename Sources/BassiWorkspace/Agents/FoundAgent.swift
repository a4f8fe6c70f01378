import BassiTools

/// An agent that work can be given to here, and where it is from.
public struct FoundAgent: Sendable, Equatable {
    /// What it is.
    public let definition: AgentDefinition
    /// The file that describes it; nil for one that comes with Bassi.
    public let path: String?

    /// Its name, where it is from and its model, for a person: `reviewer (.bassi/agents/reviewer.md, demo)`.
    public var summary: String {
        let place = path.map { VisibleText.line($0) } ?? "built in"
        let about = [place, definition.model.map { VisibleText.line($0, max: 100) }].compactMap(\.self)
        return "\(definition.name) (\(about.joined(separator: ", ")))"
    }

    /// Those that come with Bassi.
    static let builtIn = [AgentDefinition.general, .explorer].map { FoundAgent(definition: $0, path: nil) }
}
