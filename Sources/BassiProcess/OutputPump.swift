import CBassiProcess

/// Moves bytes between a child and its reader, until the supervisor says that everything is gone.
///
/// One loop for all: while `onOutput` runs nothing is read, so the pipe fills and the child waits.
struct OutputPump {
    private let child: RunningChild
    private let poller: Poller
    private var streams: [(name: ProcessStream, descriptor: Int32)]
    private var input: ArraySlice<UInt8>
    private var words: [UInt8] = []
    /// What the reader of the output threw. The output after that is thrown away.
    private(set) var outputError: (any Error)?

    init(_ child: RunningChild, _ poller: Poller, input: [UInt8]) {
        self.child = child
        self.poller = poller
        self.input = input[...]
        streams = [(.standardOutput, child.child.output), (.standardError, child.child.error)]
    }

    /// Returns the supervisor's report; nil when it was killed.
    mutating func run(_ onOutput: @Sendable (ProcessStream, [UInt8]) async throws -> Void) async -> bassi_report? {
        while true {
            let hasMoved = await moveOutput(onOutput)
            feedInput()
            if hasEnded() { break }
            if !hasMoved { _ = await poller.wait(for: interests) }
        }
        await drain(onOutput)
        return report
    }

    private var interests: [Poller.Interest] {
        var interests = [Poller.Interest(descriptor: child.child.control)]
        interests += streams.map { Poller.Interest(descriptor: $0.descriptor) }
        if !input.isEmpty { interests.append(Poller.Interest(descriptor: child.child.input, isWriting: true)) }
        return interests
    }

    /// At most one portion of each stream, so that neither starves the other. Returns whether there was any.
    private mutating func moveOutput(
        _ onOutput: @Sendable (ProcessStream, [UInt8]) async throws -> Void
    ) async -> Bool {
        var hasMoved = false
        for (index, stream) in streams.enumerated().reversed() {
            switch Descriptor.look(stream.descriptor) {
            case .bytes(let bytes):
                hasMoved = true
                await deliver(stream.name, bytes, onOutput)
            case .nothingYet: break
            case .end: streams.remove(at: index)
            }
        }
        return hasMoved
    }

    private mutating func deliver(
        _ name: ProcessStream, _ bytes: [UInt8], _ onOutput: @Sendable (ProcessStream, [UInt8]) async throws -> Void
    ) async {
        guard outputError == nil else { return }
        do {
            try await onOutput(name, bytes)
        } catch {
            outputError = error
            child.end(error is CancellationError && Task.isCancelled ? .cancelled : .outputFailed)
        }
    }

    private mutating func feedInput() {
        guard !input.isEmpty else { return }
        if let count = Descriptor.write(input, to: child.child.input) {
            // `removeFirst` would copy the rest each time.
            input = input.dropFirst(count)
        } else {
            input = []
        }
        // The end of file is what most readers wait for.
        if input.isEmpty { child.closeInput() }
    }

    private mutating func hasEnded() -> Bool {
        switch Descriptor.look(child.child.control) {
        case .bytes(let bytes): words += bytes
        case .nothingYet: return false
        case .end: return true
        }
        return false
    }

    /// What is in the pipes now was written before the end. Not until the end of file: a program that is not a
    /// descendant may have been given the pipe, and may keep it.
    private mutating func drain(_ onOutput: @Sendable (ProcessStream, [UInt8]) async throws -> Void) async {
        for (name, descriptor) in streams.reversed() {
            var left = Int(bassi_waiting_bytes(descriptor))
            while left > 0, case .bytes(let bytes) = Descriptor.look(descriptor) {
                left -= bytes.count
                await deliver(name, bytes, onOutput)
            }
        }
    }

    private var report: bassi_report? {
        guard words.count >= MemoryLayout<bassi_report>.size else { return nil }
        return words.withUnsafeBytes { $0.loadUnaligned(as: bassi_report.self) }
    }
}
