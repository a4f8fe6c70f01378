/// How far two names are apart, for "did you mean".
public enum EditDistance {
    /// The names nearest to a text, nearest first; of two as near the one that stands first.
    public static func nearest(to text: String, among names: [String], count: Int) -> [String] {
        nearest(to: text, among: names, count: count) { [$0] }
    }

    /// The names nearest to a text, where each may be written in several ways.
    static func nearest(
        to text: String, among names: [String], count: Int, spelling: (String) -> [String]
    ) -> [String] {
        let ranked = names.enumerated().map { order, name in
            (distance: spelling(name).map { between(text, $0) }.min() ?? .max, order: order, name: name)
        }
        let sorted = ranked.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
        return sorted.prefix(count).map(\.name)
    }

    /// Insertions, deletions and replacements that make one text the other (Levenshtein).
    public static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased().utf8), Array(right.lowercased().utf8))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
