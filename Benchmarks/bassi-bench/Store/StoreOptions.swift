/// What `bassi-bench store` was asked for.
struct StoreOptions {
    var isQuick = false
    var json: String?
    var baselines: String?
    var beside: String?
    /// The one part to run; nil for all of them.
    var only: Part?

    /// A part of the benchmark.
    enum Part: String { case appends, beside, throughput, latency, reading, long }

    /// Whether a part is to be run.
    func includes(_ part: Part) -> Bool { only == nil || only == part }

    /// - Throws: ``Main/Usage`` for an argument that is not known or lacks its value.
    init(_ arguments: some Collection<String>) throws {
        var arguments = Array(arguments)[...]
        while let argument = arguments.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--json": json = try Self.value(&arguments)
            case "--compare": baselines = try Self.value(&arguments)
            case "--only":
                guard let part = Part(rawValue: try Self.value(&arguments)) else { throw Main.Usage() }
                only = part
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
