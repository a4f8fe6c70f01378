import BassiEvents
import BassiTools
import Foundation
import Synchronization
import Testing

@testable import BassiTools

/// `bash` with a real shell, and the parts that its output goes through.
@Suite struct BashToolTests {
    private func execute(
        _ command: String, milliseconds: Int = 60_000, _ context: ToolContext
    ) async throws -> Result<ToolResult, ToolError> {
        let executor = ToolExecutor(.builtIn)
        let input: JSONValue = ["command": .string(command), "timeout_ms": .number(JSONNumber(milliseconds))]
        return await executor.execute(try executor.check("t", name: "bash", input: input), context: context)
    }

    @Test(arguments: [false, true])
    func `a command that is too long for the system is told before it starts`(_ isConfined: Bool) async throws {
        try await Folder.with { folder in
            let tool = BashTool(sandbox: isConfined ? .init() : .off)
            let most = ": " + String(repeating: "ä", count: (BashTool.commandBytesMax - 3) / 2) + "x"
            #expect(most.utf8.count == BashTool.commandBytesMax)
            let said = try await folder.call(tool, ["command": .string(most)])
            #expect(said == "")
            #expect(await folder.failure(tool, ["command": .string(most + "x")]) == "too_long")
        }
    }

    @Test func `output of both streams, the exit code and the folder`() async throws {
        try await Folder.with { folder in
            let heard = Mutex<[String]>([])
            let context = folder.context { stream, text in heard.withLock { $0.append("\(stream.rawValue) \(text)") } }
            let result = try await execute("pwd; echo no >&2; exit 3", context).get()
            #expect(result.content.first?.text?.contains(folder.path) == true)
            #expect(result.content.first?.text?.hasSuffix("(exit code 3)") == true)
            #expect(result.structured == ["exit_code": 3])
            #expect(Set(heard.withLock { $0 }) == ["stdout \(folder.path)\n", "stderr no\n"])
        }
    }

    @Test func `what is no UTF-8, and NUL, is shown replaced`() async throws {
        try await Folder.with { folder in
            let result = try await execute(#"printf 'a\377b\0c\n'"#, folder.context()).get()
            #expect(result.content.first?.text == "a\u{FFFD}b\u{FFFD}c\n")
        }
    }

    @Test func `of long output the head and the tail are kept`() async throws {
        try await Folder.with { folder in
            let live = Mutex(0)
            let context = folder.context { _, text in live.withLock { $0 += text.utf8.count } }
            let result = try await execute(
                "echo first; head -c 10000000 /dev/zero | tr '\\0' x; echo; echo last", context
            ).get()
            let text = try #require(result.content.first?.text)
            #expect(text.hasPrefix("first\n") && text.hasSuffix("last\n") && text.utf8.count < 31_000)
            #expect(result.truncated?.totalBytes == 10_000_012)
            let whole = try #require(result.whole)
            #expect(whole.utf8.count == 10_000_012 && whole.hasPrefix("first\nxxx") && whole.hasSuffix("xxx\nlast\n"))
            #expect(live.withLock { $0 } < 1_100_000)
        }
    }

    @Test func `secrets are not in the environment, and nothing waits for input`() async throws {
        try await Folder.with { folder in
            let environment = ["PATH": "/usr/bin:/bin", "MY_API_KEY": "k1", "GH_TOKEN": "k2", "PLAIN": "p"]
            let result = try await execute(
                "cat; echo [$MY_API_KEY$GH_TOKEN$PLAIN]", folder.context(environment: environment)
            ).get()
            #expect(result.content.first?.text == "[p]\n")
        }
    }

    @Test func `without a session nothing goes on in the background, and it is not offered`() async throws {
        try await Folder.with { folder in
            #expect(await folder.failure(.bash, ["command": "true", "run_in_background": true]) == "invalid_input")
            var bash = BashTool.bash
            bash.offersBackground = true
            #expect(await folder.failure(bash, ["command": "true", "run_in_background": true]) == "no_background")
            #expect(await folder.failure(.bashOutput, ["id": "bg_1"]) == "no_background")
            #expect(await folder.failure(.bashKill, ["id": "bg_1"]) == "no_background")
            #expect(await folder.failure(.bashOutput, ["id": "bg_1", "wait_ms": 60_001]) == "invalid_input")
        }
    }

    @Test func `a time-out keeps what was said until then`() async throws {
        try await Folder.with { folder in
            guard
                case .failure(let error) = try await execute(
                    "echo begun; sleep 60", milliseconds: 300, folder.context())
            else {
                Issue.record("it did not time out")
                return
            }
            #expect(error.outcome == .timedOut && error.partial == [.text("begun\n")])
        }
    }

    @Test func `a cancelled call ends with what was said until then`() async throws {
        try await Folder.with { folder in
            let (begun, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
            let context = folder.context { _, _ in signal.yield() }
            let result = try await withThrowingTaskGroup(of: Result<ToolResult, ToolError>.self) { group in
                group.addTask { try await execute("echo begun; sleep 60", context) }
                for await _ in begun { break }
                group.cancelAll()
                return try await group.next()
            }
            guard case .failure(let error)? = result else {
                Issue.record("it was not cancelled")
                return
            }
            #expect(error.outcome == .cancelled && error.partial == [.text("begun\n")])
        }
    }

    @Test func `decoding in pieces gives the same text however the bytes are cut`() {
        let samples: [[UInt8]] = [
            Array("aé€😀z".utf8), [0x61, 0xFF, 0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98, 0x80, 0x00],
            [0xC3, 0x28, 0xF8, 0x80],
        ]
        for bytes in samples {
            let whole = String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}")
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    var decoder = UTF8Decoder()
                    let parts = [bytes[..<first], bytes[first..<second], bytes[second...]]
                    let text = parts.map { decoder.decode(Array($0)) }.joined() + decoder.finish()
                    #expect(text == whole, "\(bytes) cut at \(first), \(second)")
                }
            }
        }
    }

    @Test func `head and tail together never split a character`() {
        for bytesMax in 2..<40 {
            var kept = HeadAndTail(bytesMax: bytesMax)
            for _ in 0..<10 { kept.append("é€😀") }
            let (text, truncated) = kept.result
            #expect(!text.contains("\u{FFFD}"))
            #expect(truncated?.totalBytes == 90)
        }
        var short = HeadAndTail(bytesMax: 100)
        short.append("whole")
        #expect(short.result.0 == "whole" && short.result.1 == nil)
    }
}
