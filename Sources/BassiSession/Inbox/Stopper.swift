/// Stops one child task: a group can only cancel all of its tasks at once.
final class Stopper: Sendable {
    private let isStopped = Latch()

    /// Cancels the work, now or as soon as it begins.
    func stop() { isStopped.open() }

    /// Runs the work until it ends, is stopped, or the task is cancelled; in the last two it is cancelled and still
    /// waited for.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await self.isStopped.wait()
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }
}
