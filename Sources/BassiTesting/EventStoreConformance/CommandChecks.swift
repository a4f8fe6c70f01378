import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// What a store that is a `CommandTable` too must keep. Not a part of ``checks``: not every store is one.
    public static let commandChecks = [
        Check("a command sent again changes nothing and gets the first result", firstResult),
        Check("commands that wait come oldest first, in pages, and without those of other sessions", pages),
        Check(
            "a wait for a command or a result ends when it is there, at once or later, or is cancelled", commandWaits),
        Check("ids, bodies, results and the number of waiting commands have an end", bounds),
        Check("64 senders of 8 commands make 8 commands, each completed once", manySenders),
        Check("an unknown session, an unknown command and a stale lease are refused", refusals),
        Check("closing wakes those who wait for commands and results with 'closed'", commandClosing),
    ]

    private static func withTable(
        _ makeStore: StoreFactory, _ body: (any EventStore, any CommandTable, SessionID) async throws -> Void
    ) async throws {
        try await withStore(makeStore) { store in
            guard let table = store as? any CommandTable else {
                throw ConformanceFailure("the store is no CommandTable")
            }
            let session = SessionID()
            _ = try await store.append(ends(1), to: session, expecting: .noStream)
            try await body(store, table, session)
        }
    }

    @Sendable private static func firstResult(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { _, table, session in
            let first = try await table.submit("a", [1, 2, 3], to: session)
            try require(first.body == [1, 2, 3] && first.result == nil, "a new command is not as it was sent")
            let again = try await table.submit("a", [9], to: session)
            try require(again == first, "the same id again changed the command")
            try require(
                try await table.complete("a", of: session, with: [7], under: nil) == [7], "the first result is not [7]")
            try require(
                try await table.complete("a", of: session, with: [8], under: nil) == [7], "a second result won")
            let third = try await table.submit("a", [9], to: session)
            try require(third.result == [7] && third.number == first.number, "the id again did not give the result")
            try require(third.body.isEmpty, "the body of a completed command is still there")
            try require(try await table.waitForResult(of: "a", in: session) == [7], "the result waited for is not [7]")
            try require(try await table.command("b", of: session) == nil, "a command that nobody sent is there")
        }
    }

    @Sendable private static func pages(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { store, table, session in
            let other = SessionID()
            _ = try await store.append(ends(1), to: other, expecting: .noStream)
            for index in 0..<10 {
                try await table.submit("\(index)", [UInt8(index)], to: session)
                try await table.submit("\(index)", [99], to: other)
            }
            for index in [0, 4, 9] {
                try await table.complete("\(index)", of: session, with: [], under: nil)
            }
            var (found, last): ([String], Int64) = ([], 0)
            while case let page = try await table.pendingCommands(of: session, after: last, limit: 3),
                let end = page.last
            {
                try require(page.count <= 3, "a page of 3 holds \(page.count)")
                found += page.map(\.id)
                last = end.number
            }
            try require(found == ["1", "2", "3", "5", "6", "7", "8"], "these wait: \(found)")
        }
    }

    @Sendable private static func commandWaits(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { _, table, session in
            var last: Int64 = 0
            for round in 0..<40 {
                let id = "\(round)"
                let after = last
                async let arrived: Void = table.waitForCommands(in: session, after: after)
                await yield(round % 7)
                last = try await table.submit(id, [], to: session).number
                try await arrived
                try await table.waitForCommands(in: session, after: after)
                async let result = table.waitForResult(of: id, in: session)
                await yield(round % 5)
                try await table.complete(id, of: session, with: [UInt8(round)], under: nil)
                try require(try await result == [UInt8(round)], "a wait gave another result")
            }
            let (after, waits) = (last, try await table.submit("open", [], to: session))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await table.waitForCommands(in: session, after: waits.number) }
                group.addTask { _ = try await table.waitForResult(of: "open", in: session) }
                try await table.waitForCommands(in: session, after: after)
                group.cancelAll()
                for _ in 0..<2 {
                    do { try await group.next() } catch is CancellationError { continue }
                    throw ConformanceFailure("a cancelled wait ended without a CancellationError")
                }
            }
        }
    }

    @Sendable private static func bounds(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { _, table, session in
            let id = String(repeating: "i", count: CommandBounds.idBytesMax)
            let body = [UInt8](repeating: 1, count: CommandBounds.bodyBytesMax)
            try await table.submit(id, body, to: session)
            try require(
                try await table.pendingCommands(of: session, after: 0, limit: 1).first?.body == body,
                "the largest body is not as it was sent")
            let result = [UInt8](repeating: 2, count: CommandBounds.resultBytesMax)
            try await require(
                .commandTooLarge(what: "result", bytes: result.count + 1, max: result.count), from: "a larger result"
            ) { try await table.complete(id, of: session, with: result + [2], under: nil) }
            try await table.complete(id, of: session, with: result, under: nil)
            try await require(
                .commandTooLarge(what: "id", bytes: id.utf8.count + 1, max: id.utf8.count), from: "a longer id"
            ) { try await table.submit(id + "i", [], to: session) }
            try await require(
                .commandTooLarge(what: "body", bytes: body.count + 1, max: body.count), from: "a larger body"
            ) { try await table.submit("b", body + [1], to: session) }
            for index in 0..<CommandBounds.pendingMax { try await table.submit("\(index)", [], to: session) }
            try await require(
                .tooManyCommands(session: session, max: CommandBounds.pendingMax), from: "one command too many"
            ) { try await table.submit("more", [], to: session) }
            try await table.submit("0", [], to: session)
            try await table.complete("0", of: session, with: [], under: nil)
            try await table.submit("more", [], to: session)
        }
    }

    @Sendable private static func manySenders(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { _, table, session in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var (last, count): (Int64, UInt8) = (0, 0)
                    while count < 8 {
                        try await table.waitForCommands(in: session, after: last)
                        for command in try await table.pendingCommands(of: session, after: last, limit: 3) {
                            count += 1
                            try await table.complete(command.id, of: session, with: command.body, under: nil)
                            last = command.number
                        }
                    }
                }
                for sender in 0..<64 {
                    group.addTask {
                        let id = "\(sender % 8)"
                        try await table.submit(id, [UInt8(sender % 8)], to: session)
                        let result = try await table.waitForResult(of: id, in: session)
                        try require(result == [UInt8(sender % 8)], "sender \(sender) got \(result)")
                    }
                }
                try await group.waitForAll()
            }
            try require(
                try await table.pendingCommands(of: session, after: 0, limit: 10).isEmpty, "some commands still wait")
        }
    }

    @Sendable private static func refusals(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { store, table, session in
            let nobody = SessionID()
            try await require(
                .noSuchPosition(session: nobody, position: nil, head: .start), from: "a command to no session"
            ) { try await table.submit("a", [], to: nobody) }
            try await require(.unknownCommand("a", session: session), from: "a wait for no command") {
                _ = try await table.waitForResult(of: "a", in: session)
            }
            try await require(.unknownCommand("a", session: session), from: "the end of no command") {
                try await table.complete("a", of: session, with: [], under: nil)
            }
            try await table.submit("a", [], to: session)
            let stale = try await store.acquireLease(of: session)
            await store.releaseLease(stale)
            let lease = try await store.acquireLease(of: session)
            try await require(.fenced(session: session, epoch: stale.epoch), from: "a result under a stale lease") {
                try await table.complete("a", of: session, with: [1], under: stale)
            }
            try require(
                try await table.complete("a", of: session, with: [2], under: lease) == [2], "the owner's result lost")
        }
    }

    @Sendable private static func commandClosing(_ makeStore: StoreFactory) async throws {
        try await withTable(makeStore) { store, table, session in
            let number = try await table.submit("a", [], to: session).number
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await table.waitForCommands(in: session, after: number) }
                group.addTask { _ = try await table.waitForResult(of: "a", in: session) }
                await yield(20)
                try await store.close()
                for _ in 0..<2 {
                    do { try await group.next() } catch StoreError.closed { continue }
                    throw ConformanceFailure("a wait ended without 'closed'")
                }
            }
        }
    }
}
