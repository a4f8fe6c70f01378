import ArgumentParser
import Foundation

/// `bassi demo`: five demonstrations without a key, each of which says what it proves, and checks it.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the five demonstrations: no key and no network needed.",
        discussion: """
            1 streaming · 2 tools with permission hooks · 3 replay for a reconnecting client · 4 several turns · \
            5 the core without any model. All of it happens in a folder that is removed afterwards.
            """)

    @Argument(help: "The numbers of those to run; all if none is given.")
    var numbers: [Int] = []

    func validate() throws {
        guard numbers.allSatisfy({ (1...5).contains($0) }) else {
            throw ValidationError("there are the demonstrations 1 to 5")
        }
    }

    func run() async throws {
        let all: [any Demonstration] = [
            StreamingDemonstration(), HooksDemonstration(), ReconnectDemonstration(), TurnsDemonstration(),
            CoreDemonstration(),
        ]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-demo-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (number, demonstration) in zip(1..., all) where numbers.isEmpty || numbers.contains(number) {
            let place = "\(folder)/\(number)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            Standard.print("\n\(number). \(demonstration.title)\n")
            for proof in try await demonstration.run(in: place) { Standard.print("   ✓ \(proof)") }
        }
    }
}

/// Something that is shown and checked.
protocol Demonstration {
    var title: String { get }
    /// Shows it, in a folder of its own, and gives what was proved.
    ///
    /// - Throws: ``NotProved`` when it is not so.
    func run(in folder: String) async throws -> [String]
}

/// A claim of a demonstration that did not hold.
struct NotProved: Error, CustomStringConvertible {
    let description: String

    /// Gives the claim when it holds.
    static func check(_ holds: Bool, _ claim: String) throws -> String {
        guard holds else { throw NotProved(description: "this did not hold: \(claim)") }
        return claim
    }
}
