import Synchronization

/// A command that has ended, and the beginning of what it said.
public struct CollectedOutput: Sendable, Equatable {
    /// How it ended.
    public var ending: ProcessEnding
    /// The first bytes of standard output.
    public var standardOutput: [UInt8] = []
    /// The first bytes of standard error.
    public var standardError: [UInt8] = []
    /// How many bytes came on standard output, those that were not kept included.
    public var standardOutputTotalBytes = 0
    /// How many bytes came on standard error, those that were not kept included.
    public var standardErrorTotalBytes = 0

    /// An ending without output, unless it is given; for tests of what reads it.
    public init(
        ending: ProcessEnding, standardOutput: [UInt8] = [], standardError: [UInt8] = [],
        standardOutputTotalBytes: Int? = nil, standardErrorTotalBytes: Int? = nil
    ) {
        self.ending = ending
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.standardOutputTotalBytes = standardOutputTotalBytes ?? standardOutput.count
        self.standardErrorTotalBytes = standardErrorTotalBytes ?? standardError.count
    }

    mutating func append(_ bytes: [UInt8], of stream: ProcessStream, outputBytesMax: Int) {
        switch stream {
        case .standardOutput:
            standardOutput += bytes.prefix(max(0, outputBytesMax - standardOutput.count))
            standardOutputTotalBytes += bytes.count
        case .standardError:
            standardError += bytes.prefix(max(0, outputBytesMax - standardError.count))
            standardErrorTotalBytes += bytes.count
        }
    }
}

extension ChildProcess {
    /// Runs the command to its end and keeps at most `outputBytesMax` bytes of each stream. The rest is read and
    /// counted, so a talkative command still comes to its end.
    /// - Throws: what ``run(_:limits:onOutput:)`` throws.
    public static func collect(
        _ command: ProcessCommand, limits: ProcessLimits = .init(), outputBytesMax: Int
    ) async throws -> CollectedOutput {
        let kept = Mutex(CollectedOutput(ending: .cancelled))
        let ending = try await run(command, limits: limits) { stream, bytes in
            kept.withLock { $0.append(bytes, of: stream, outputBytesMax: outputBytesMax) }
        }
        return kept.withLock { kept in
            kept.ending = ending
            return kept
        }
    }
}
