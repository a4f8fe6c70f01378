/// What `bassi-bench store` was asked for.
struct StoreOptions {
    var isQuick = false
    var json: String?
    var baselines: String?
    var beside: String?

    /// - Throws: ``Main/Usage`` for an argument that is not known or lacks its value.
    init(_ arguments: some Collection<String>) throws {
        var arguments = Array(arguments)[...]
        while let argument = arguments.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--json": json = try Self.value(&arguments)
            case "--compare": baselines = try Self.value(&arguments)
            case "--beside": beside = try Self.value(&arguments)
            default: throw Main.Usage()
            }
        }
    }

    private static func value(_ arguments: inout ArraySlice<String>) throws -> String {
        guard let value = arguments.popFirst() else { throw Main.Usage() }
        return value
    }

    /// How often each alternation is repeated: often enough that one disturbance is not the median.
    var rounds: Int { isQuick ? 5 : 9 }
}
