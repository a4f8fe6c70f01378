import BassiEvents
import Foundation
import Testing

@testable import BassiTools

/// The parts that output goes through, with bytes by chance: a failing seed is in the message.
@Suite struct ShellOutputTests {
    /// A generator that gives the same numbers for the same seed.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    /// Whole characters of every length, and bytes that are none, in any order.
    private func bytes(_ chance: inout Chance) -> [UInt8] {
        (0..<Int.random(in: 0...30, using: &chance)).flatMap { _ -> [UInt8] in
            switch Int.random(in: 0...3, using: &chance) {
            case 0: Array(["a", "é", "€", "😀", "\0", "\r\n", "\u{301}"].randomElement(using: &chance)!.utf8)
            case 1: [UInt8.random(in: 0x80...0xFF, using: &chance)]
            case 2: [[0xC2, 0xE2, 0xF0, 0xED, 0xF4, 0xC0, 0x82, 0x9F].randomElement(using: &chance)!]
            default: [UInt8.random(in: 0...0x7F, using: &chance)]
            }
        }
    }

    private func parts(_ bytes: [UInt8], _ chance: inout Chance) -> [[UInt8]] {
        var rest = bytes[...]
        var parts: [[UInt8]] = []
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 0...5, using: &chance))
            parts.append(Array(part))
            rest = rest.dropFirst(part.count)
        }
        return parts
    }

    @Test func `however bytes are cut, decoding gives the same text`() {
        for seed in 0..<3000 {
            var chance = Chance(state: UInt64(seed))
            let bytes = bytes(&chance)
            let whole = String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}")
            var decoder = UTF8Decoder()
            let text = parts(bytes, &chance).map { decoder.decode($0) }.joined() + decoder.finish()
            #expect(text.utf8.elementsEqual(whole.utf8), "seed \(seed): \(bytes)")
            #expect(decoder.finish().isEmpty)
        }
    }

    @Test func `however a text is cut, its head and its tail are the same, bounded, and whole characters`() throws {
        for seed in 0..<2000 {
            var chance = Chance(state: UInt64(seed))
            let text = String(decoding: bytes(&chance), as: UTF8.self)
            let bytesMax = Int.random(in: 0...60, using: &chance)
            var (once, often) = (HeadAndTail(bytesMax: bytesMax), HeadAndTail(bytesMax: bytesMax))
            once.append(text)
            for character in text.unicodeScalars { often.append(String(character)) }
            #expect(once.result.0 == often.result.0 && once.result.1 == often.result.1, "seed \(seed)")
            let (shown, truncated) = once.result
            guard let truncated else {
                #expect(shown == text, "seed \(seed)")
                continue
            }
            let note = try #require(Array(shown.utf8).firstRange(of: Array("\n[… ".utf8)))
            let (head, tail) = (shown.utf8.prefix(note.lowerBound), shown.utf8.suffix(3))
            #expect(truncated.totalBytes == text.utf8.count && truncated.keptBytes <= bytesMax, "seed \(seed)")
            #expect(text.utf8.starts(with: head), "seed \(seed)")
            #expect(head.count <= bytesMax / 2 && head.count > bytesMax / 2 - 4, "seed \(seed)")
            #expect(bytesMax < 12 || text.utf8.suffix(3).elementsEqual(tail), "seed \(seed)")
        }
    }

    @Test func `what is unfinished on both streams is shown at the end`() {
        let output = ShellOutput(charactersMax: 100, liveBytesMax: 100, wholeBytesMax: 100)
        #expect(output.take([0x61, 0xE2, 0x82], from: .stdout) == "a")
        #expect(output.take([0xF0, 0x9F], from: .stderr) == nil)
        let rest = output.finish()
        #expect(rest.map(\.0) == [.stdout, .stderr] && rest.map(\.1) == ["\u{FFFD}", "\u{FFFD}"])
        #expect(output.kept().0 == "a\u{FFFD}\u{FFFD}" && output.finish().isEmpty)
    }

    @Test func `beyond the live limit one note is shown and all is kept`() {
        let output = ShellOutput(charactersMax: 100, liveBytesMax: 4, wholeBytesMax: 100)
        let shown = (0..<4).map { _ in output.take(Array("abc".utf8), from: .stdout) }
        #expect(shown[0] == "abc" && shown[1]?.contains("more output") == true && shown[2] == nil && shown[3] == nil)
        #expect(output.kept().0 == "abcabcabcabc")
    }

    @Test func `all is kept up to a limit, and what follows is counted`() {
        func whole(_ pieces: [String], bytesMax: Int) -> String? {
            let output = ShellOutput(charactersMax: 4, liveBytesMax: 4, wholeBytesMax: bytesMax)
            for piece in pieces { _ = output.take(Array(piece.utf8), from: .stdout) }
            return output.whole()
        }
        #expect(whole(["ab", "cd"], bytesMax: 100) == nil)
        #expect(whole(["abc", "def", "gh"], bytesMax: 8) == "abcdefgh")
        #expect(whole(["abc", "def", "ghi", "j"], bytesMax: 8) == "abcdef\n[… 4 bytes more were not kept …]\n")
    }
}
