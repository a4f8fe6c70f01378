/// The encrypted content of a reasoning item: it names its item, and notices a changed summary.
enum ReasoningSeal {
    /// The parts in which a thought is summed up.
    static func summary(of thinking: String) -> [String] {
        thinking.split(separator: "\n\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The seal of a thought in the item of this id.
    static func seal(_ thinking: String, of id: String) -> String {
        let text = "gAAAAA-\(id)-\(ThinkingSignature.hash(of: thinking))"
        return "\(text)-\(ThinkingSignature.hash(of: text))"
    }

    /// Whether a seal was issued for this item, with this summary or with none.
    static func isIntact(_ seal: String, of id: String, summary: [String]) -> Bool {
        let words = seal.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count == 4, words[1] == id,
            words[3] == ThinkingSignature.hash(of: words[..<3].joined(separator: "-"))
        else { return false }
        return summary.isEmpty || words[2] == ThinkingSignature.hash(of: summary.joined(separator: "\n\n"))
    }
}
