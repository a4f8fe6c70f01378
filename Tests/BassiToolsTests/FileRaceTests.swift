import BassiEvents
import BassiPermissions
import Foundation
import Synchronization
import Testing

@testable import BassiTools

/// A folder is exchanged for a link, again and again, while tools work in it.
@Suite struct FileRaceTests {
    /// A thread that exchanges the folder `sub` for a link to another one, and back, until it is stopped: at each moment
    /// one of the two is there.
    private final class Swapper: Sendable {
        private let isStopped = Atomic(false)
        private let done = DispatchSemaphore(value: 0)
        let swaps = Atomic(0)

        func start(_ folder: String) throws {
            let exchange = try Self.exchange()
            let thread = Thread {
                while !self.isStopped.load(ordering: .relaxed) {
                    if exchange(folder + "/sub", folder + "/.link") { self.swaps.add(1, ordering: .relaxed) }
                }
                self.done.signal()
            }
            thread.start()
        }

        func stop() {
            isStopped.store(true, ordering: .relaxed)
            done.wait()
        }

        /// Exchanges two names in one step.
        private static func exchange() throws -> @Sendable (String, String) -> Bool {
            #if os(Linux)
                // Not imported by Swift.
                typealias Call =
                    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
                let symbol = try #require(dlsym(nil, "renameat2"))
                let call = unsafeBitCast(symbol, to: Call.self)
                return { call(AT_FDCWD, $0, AT_FDCWD, $1, 2) == 0 }
            #else
                return { renamex_np($0, $1, UInt32(RENAME_SWAP)) == 0 }
            #endif
        }
    }

    private struct Tally {
        var done = 0
        var failed = 0
        var asked = 0
    }

    /// Runs a call as a session does: resolved, decided about, run.
    private func run(
        _ tool: any Tool, _ input: JSONValue, in folder: Folder, _ tally: inout Tally
    ) async throws -> String {
        let executor = ToolExecutor(ToolRegistry([tool]), resolver: folder.resolver)
        let request = try executor.check("t", name: tool.name, input: input)
        let policy = PermissionPolicy(
            mode: .acceptEdits, rules: RuleSet(), folder: folder.path, home: folder.path + "/home")
        guard policy.decide(request).verdict == .allow else {
            tally.asked += 1
            return ""
        }
        switch await executor.execute(request, context: folder.context()) {
        case .success(let result):
            tally.done += 1
            return result.content.compactMap(\.text).joined(separator: "\n")
        case .failure(let error):
            tally.failed += 1
            return error.message
        }
    }

    @Test func `nothing outside is ever written or read while a folder becomes a link and back`() async throws {
        try await Folder.with { outside in
            try outside.write("OUTSIDE", to: "sub/secret")
            try outside.write("OUTSIDE", to: "sub/victim")
            try await Folder.with { folder in
                try folder.write("inside", to: "sub/secret")
                try folder.link(".link", to: outside.path + "/sub")
                let swapper = Swapper()
                try swapper.start(folder.path)
                defer { swapper.stop() }
                var tally = Tally()
                for round in 0..<1500 {
                    let content = JSONValue.string("inside \(round)")
                    let write: JSONValue = ["path": "sub/victim", "content": content]
                    let edit: JSONValue = ["path": "sub/victim", "old_text": "OUTSIDE", "new_text": "broken"]
                    var said = try await run(.writeFile, write, in: folder, &tally)
                    said += try await run(.readFile, ["path": "sub/secret"], in: folder, &tally)
                    said += try await run(.editFile, edit, in: folder, &tally)
                    if round % 10 == 0 {
                        said += try await run(.listFiles, ["depth": 3], in: folder, &tally)
                        said += try await run(.findFiles, ["pattern": "*", "path": "sub"], in: folder, &tally)
                    }
                    if round % 100 == 0 {
                        said += try await run(.searchFiles, ["pattern": "OUTSIDE|inside"], in: folder, &tally)
                    }
                    #expect(!said.contains("1\tOUTSIDE") && !said.contains(":OUTSIDE"), "\(said)")
                }
                // All three ends came up, else nothing was tried.
                #expect(tally.done > 0 && tally.failed > 0 && tally.asked > 0, "\(tally)")
                #expect(swapper.swaps.load(ordering: .relaxed) > 100)
            }
            try #expect(outside.text("sub/secret") == "OUTSIDE")
            try #expect(outside.text("sub/victim") == "OUTSIDE")
            let names = try FileManager.default.contentsOfDirectory(atPath: outside.path + "/sub").sorted()
            #expect(names == ["secret", "victim"])
        }
    }
}
