/// `find`, as long as it looks and does nothing.
enum ReadOnlyFind {
    static func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var paths: [ShellWord] = []
        var rest = words
        var isInExpression = false
        while let word = rest.popFirst() {
            guard let text = word.text ?? word.path else {
                return .unknown("'\(word.shown)' is known only when it runs")
            }
            let begins = text.hasPrefix("-") || ["(", ")", "!", ","].contains(text)
            // With `-L` it goes through links, out of the folder.
            isInExpression = isInExpression || begins && !["-H", "-P"].contains(text)
            guard isInExpression else {
                if !begins { paths.append(word) }
                continue
            }
            if text == "-exec" || text == "-ok" {
                // What it runs is judged by itself.
                guard let end = end(of: rest) else { return .unknown("\(text) is not closed") }
                rest = rest[(end + 1)...]
            } else if files.contains(text) {
                guard let file = rest.popFirst() else { return .unknown("\(text) needs a file") }
                paths.append(file)
            } else if values.contains(text) {
                guard rest.popFirst()?.staysOne == true else { return .unknown("the value of \(text) is not known") }
            } else if !plain.contains(text) {
                return .unknown("its option \(text) is not known")
            }
        }
        return .reads(paths, isDeep: false)
    }

    private static func end(of words: ArraySlice<ShellWord>) -> Int? {
        words.indices.first { index in
            words[index].text == ";"
                || words[index].text == "+" && index > words.startIndex && words[index - 1].text == "{}"
        }
    }

    private static let plain: Set<String> = [
        "(", ")", "!", ",", "-a", "-and", "-o", "-or", "-not", "-print", "-print0", "-prune", "-depth", "-mount",
        "-xdev",
        "-empty", "-executable", "-readable", "-writable", "-true", "-false", "-quit", "-daystart", "-ls",
    ]
    private static let values: Set<String> = [
        "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-type", "-xtype", "-size", "-mtime",
        "-mmin", "-atime", "-amin", "-ctime", "-cmin", "-maxdepth", "-mindepth", "-perm", "-user", "-group", "-links",
        "-inum", "-newermt", "-printf", "-regextype",
    ]
    private static let files: Set<String> = ["-newer", "-anewer", "-cnewer", "-samefile"]
}
