import Foundation

/// `bassi-shell-fuzz [--runs N] [--seed S]`: commands hidden among allowed ones, and texts that are no scripts.
@main
struct Main {
    static func main() {
        do {
            let options = try options(CommandLine.arguments.dropFirst())
            let campaign = Campaign(
                runs: Int(options["--runs"] ?? 1_000_000), seed: options["--seed"] ?? .random(in: 1...999_999))
            try report(campaign)
        } catch is Usage {
            print("usage: bassi-shell-fuzz [--runs N] [--seed S]")
            exit(64)
        } catch {
            FileHandle.standardError.write(Data("FAILED: \(error)\n".utf8))
            exit(1)
        }
    }

    private struct Usage: Error {}

    private static func report(_ campaign: Campaign) throws {
        let start = ContinuousClock.now
        var figures = try campaign.run()
        print(
            "hidden, seed \(campaign.seed): \(figures.runs) scripts, \(figures.understood) understood, \(figures.asked) "
                + "asked, by-passes: \(figures.bypasses.count), \(ContinuousClock.now - start)")
        for text in figures.bypasses.prefix(20) { print("BY-PASS: \(text.debugDescription)") }
        campaign.mutate(into: &figures)
        print(
            "mutations: \(campaign.runs) texts, no crash, the slowest \(figures.slowest), \(ContinuousClock.now - start)"
        )
        for (name, piece) in [
            ("commands", "git log --oneline | head -5; "), ("quotes", "echo \"a $b\" 'c' "), ("nesting", "echo $(a) "),
            ("open", "$("), ("subscripts", "a[;"),
        ] {
            let times = [10, 20, 40, 60].map { kilobytes in
                let text = String(repeating: piece, count: kilobytes * 1_024 / piece.utf8.count)
                return "\(kilobytes) KB \(Campaign.time(of: text))"
            }
            print("\(name): " + times.joined(separator: ", "))
        }
        exit(figures.bypasses.isEmpty ? 0 : 1)
    }

    private static func options(_ arguments: ArraySlice<String>) throws -> [String: UInt64] {
        var (options, rest) = ([String: UInt64](), arguments)
        while let name = rest.popFirst() {
            guard ["--runs", "--seed"].contains(name), let text = rest.popFirst(), let value = UInt64(text) else {
                throw Usage()
            }
            options[name] = value
        }
        return options
    }
}
