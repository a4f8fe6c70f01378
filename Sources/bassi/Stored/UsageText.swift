import BassiEvents
import BassiSession

/// Tokens and cost for people.
enum UsageText {
    /// All of it in one sentence.
    static func line(of sum: UsageSum) -> String {
        var text = "\(count(sum.requests, "request")): \(grouped(sum.usage.promptTokens)) tokens in"
        let cached = sum.usage.cacheReadTokens
        if cached > 0 { text += " (\(grouped(cached)) from the cache)" }
        return text + ", \(grouped(sum.usage.outputTokens)) out, \(cost(of: sum))"
    }

    /// `$1.50`, `unknown`, or the least that it was and why that is not all.
    static func cost(of sum: UsageSum) -> String {
        guard sum.costUSD == nil else { return dollars(sum.knownCostUSD) }
        let known = sum.requests - sum.requestsWithoutPrice - sum.requestsWithoutUsage
        var reasons: [String] = []
        if sum.requestsWithoutPrice > 0 {
            reasons.append("\(count(sum.requestsWithoutPrice, "request")) without a price")
        }
        if sum.requestsWithoutUsage > 0 {
            reasons.append("\(count(sum.requestsWithoutUsage, "request")) cut before the tokens were known")
        }
        return ([known == 0 ? "unknown" : "at least \(dollars(sum.knownCostUSD))"] + reasons).joined(separator: ", ")
    }

    static func table(
        of rows: [UsageReport.Row], by grouping: UsageReport.Grouping, _ titles: [String: String]
    ) -> [String] {
        let head = [grouping.rawValue.uppercased(), "REQUESTS", "INPUT", "CACHE READ", "CACHE WRITE", "OUTPUT", "COST"]
        let numbers = rows.map { row in
            let usage = row.sum.usage
            let counts = [
                row.sum.requests, usage.inputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.outputTokens,
            ]
            return [row.name] + counts.map(grouped) + [cost(of: row.sum)]
        }
        var table = aligned([head] + numbers)
        if !titles.isEmpty {
            table = table.enumerated().map { index, cells in
                cells + [index == 0 ? "TITLE" : titles[rows[index - 1].name] ?? ""]
            }
        }
        return Table.lines(table)
    }

    /// Numbers end below each other.
    private static func aligned(_ rows: [[String]]) -> [[String]] {
        let widths = (1..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                (1..<6).contains(column)
                    ? String(repeating: " ", count: widths[column - 1] - cell.count) + cell : cell
            }
        }
    }

    /// At least cents; more where there is more.
    static func dollars(_ money: Money) -> String {
        let parts = money.description.split(separator: ".", maxSplits: 1)
        let cents = parts.count > 1 ? parts[1] : ""
        return "$\(parts[0]).\(cents)\(String(repeating: "0", count: max(0, 2 - cents.count)))"
    }

    private static func count(_ number: Int, _ word: String) -> String {
        "\(grouped(number)) \(word)\(number == 1 ? "" : "s")"
    }

    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
