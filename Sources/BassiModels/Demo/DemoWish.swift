/// What a person wants of the demonstration model, as far as it understands.
enum DemoWish: Equatable {
    case explain
    case list
    case read(String)
    case write(String)
    case run(String)
    case search(String)
    case tour

    init(_ prompt: String) {
        let words = prompt.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let quoted = Self.quoted(in: prompt)
        let name = quoted ?? Self.fileName(in: prompt)
        if Self.any(of: ["run", "execute"], in: words),
            let command = quoted ?? Self.rest(of: prompt, after: ["run", "execute"])
        {
            self = .run(command)
        } else if Self.any(of: ["tour", "demo", "walk"], in: words) {
            self = .tour
        } else if Self.any(of: ["write", "create", "save"], in: words) {
            self = .write(name ?? "bassi-demo.txt")
        } else if Self.any(of: ["search", "grep"], in: words) {
            self = .search(quoted ?? Self.rest(of: prompt, after: ["for"]) ?? "TODO")
        } else if Self.any(of: ["read", "open", "show", "summarize", "summarise"], in: words), let name {
            self = .read(name)
        } else if Self.any(of: ["directory", "folder", "files", "list", "ls", "here"], in: words) {
            self = .list
        } else {
            self = .explain
        }
    }

    /// The tools that fulfil it.
    var tools: Set<String> {
        switch self {
        case .explain: []
        case .list: ["list_files"]
        case .read: ["read_file"]
        case .write: ["write_file"]
        case .run: ["bash"]
        case .search: ["search_files"]
        case .tour: ["list_files", "read_file", "write_file"]
        }
    }

    private static func any(of candidates: Set<String>, in words: [String]) -> Bool {
        words.contains(where: candidates.contains)
    }

    /// What stands between the first pair of backticks or quotes. A mark inside a word is an apostrophe.
    private static func quoted(in prompt: String) -> String? {
        for mark in ["`", "\"", "'"] as [Character] {
            let start = prompt.indices.first { index in
                let isInWord = index > prompt.startIndex && !prompt[prompt.index(before: index)].isWhitespace
                return prompt[index] == mark && !isInWord
            }
            guard let start else { continue }
            let inside = prompt[prompt.index(after: start)...]
            if let end = inside.firstIndex(of: mark), end > inside.startIndex { return String(inside[..<end]) }
        }
        return nil
    }

    /// The first word that looks like a file: with a dot inside, or a slash.
    private static func fileName(in prompt: String) -> String? {
        prompt.split(whereSeparator: \.isWhitespace).map { word in
            String(word.trimmingEnd { ",;:!?.".contains($0) })
        }.first { word in
            word == "README" || word == "LICENSE" || word.dropFirst().contains(".") || word.contains("/")
        }
    }

    private static func rest(of prompt: String, after starts: Set<String>) -> String? {
        let words = prompt.split(separator: " ")
        guard let at = words.firstIndex(where: { starts.contains($0.lowercased()) }), at + 1 < words.count else {
            return nil
        }
        return words[(at + 1)...].joined(separator: " ")
    }
}

extension Substring {
    fileprivate func trimmingEnd(_ isEnd: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !isEnd($0) }) else { return "" }
        return self[...last]
    }
}
