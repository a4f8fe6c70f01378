import BassiEvents
import BassiStore

/// Takes the commands that other processes send to an owned session: each becomes the same input that a client of this
/// process posts, and the owner's answer becomes its result. One at a time, so that they keep their order.
///
/// A crash between the two leaves the command without a result, and the next owner takes it again. Nothing happens twice:
/// a prompt has its key in the log, the first answer to a permission wins, and a cancel or a resume finds nothing to do.
struct Mailbox: Sendable {
    /// After a failure of the store, as when another process holds the file, it is tried again after this time.
    private static let pause = Duration.seconds(1)
    /// What was sent to an earlier owner waits so long for the first word of this one's own client: who opens a session
    /// to go on with an interrupted run must not find it superseded.
    private static let courtesy = Duration.seconds(1)

    let table: any CommandTable
    let lease: Lease
    let inbox: Inbox<SessionInput>
    /// Opens when the owner has taken its first input.
    let hasBegun: Latch
    /// Where the log ended when the owner had opened it.
    let openedAt: SequenceNumber
    /// The run that goes on.
    let openRun: @Sendable () async -> OpenRun?

    private var session: SessionID { lease.session }

    /// Runs until the task is cancelled, or until the owner takes nothing any more: then what waits is the next owner's.
    func run() async {
        var (last, isFirst): (Int64, Bool) = (0, true)
        var answered: (number: Int64, reply: CommandReply)?
        while !Task.isCancelled {
            do {
                // One by one: a body may be large.
                guard let command = try await table.pendingCommands(of: session, after: last, limit: 1).first else {
                    isFirst = false
                    try await table.waitForCommands(in: session, after: last)
                    continue
                }
                if isFirst { await waitForTheOwnersClient() }
                isFirst = false
                if answered?.number != command.number {
                    guard let reply = await reply(to: command) else { return }
                    answered = (command.number, reply)
                }
                guard let reply = answered?.reply else { continue }
                try await table.complete(command.id, of: session, with: reply.encoded, under: lease)
                last = command.number
            } catch StoreError.closed, StoreError.fenced { return } catch {
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func waitForTheOwnersClient() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await hasBegun.wait() }
            group.addTask { try? await Task.sleep(for: Self.courtesy) }
            await group.next()
            group.cancelAll()
        }
    }

    /// nil when the owner ends before it has dealt with the command.
    private func reply(to command: StoredCommand) async -> CommandReply? {
        guard let wanted = SessionCommand(command.body) else {
            return .failed(
                .refused("the owner of the session does not know this command: it is another version of Bassi"))
        }
        do {
            switch wanted {
            case .prompt(var prompt):
                prompt.idempotencyKey = prompt.idempotencyKey ?? command.id
                return .receipt(try await inbox.ask { .prompt(prompt, $0) })
            case .cancel(let reason, let head):
                if await !isOver(head) { try await inbox.ask { .cancel(reason: reason, by: Actor(kind: .user), $0) } }
            case .answer(let request, let answer): try await inbox.ask { .answer(request, answer, $0) }
            case .answerQuestion(let request, let answer):
                try await inbox.ask { .answerQuestion(request, answer, $0) }
            case .resume: try await inbox.ask { .resume($0) }
            case .switchModel(let name): try await inbox.ask { .switchModel(name, $0) }
            }
            return .done
        } catch SessionError.ended { return nil } catch { return CommandReply(error: error) }
    }

    /// Whether what a cancel meant ended with an earlier owner: the run that goes on began under this one.
    private func isOver(_ head: SequenceNumber) async -> Bool {
        guard head <= openedAt, let run = await openRun() else { return false }
        return run.seq > openedAt
    }
}

extension Inbox where Element == SessionInput {
    /// Posts what a client wants and waits for the answer.
    func ask<Value: Sendable>(_ input: (Reply<Value>) -> SessionInput) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let command = input(Reply(continuation: continuation))
            if !post(command) { command.refuse(.ended(SessionOwner.closed)) }
        }
    }
}
