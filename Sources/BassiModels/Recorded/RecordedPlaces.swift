import BassiEvents

/// Absolute paths in texts: what lay in one folder when it was recorded lies in another when it is played back.
struct RecordedPlaces: Sendable {
    private let table: [(from: [UInt8], to: [UInt8])]

    /// Puts a path for another.
    private init(_ pairs: [(from: String, to: String)]) {
        // A folder in another is found before that other, and of two names for one path always the same.
        table = pairs.filter { $0.from.hasPrefix("/") && $0.from.utf8.count > 1 }
            .sorted { ($1.from.utf8.count, $0.to) < ($0.from.utf8.count, $1.to) }
            .map { (Array($0.from.utf8), Array($0.to.utf8)) }
    }

    /// Puts `{folder}` for the path of the folder, and so on.
    init(naming places: [String: String]) { self.init(places.map { ($0.value, "{\($0.key)}") }) }

    /// Puts the places of here for those of there.
    init(from there: [String: String], to here: [String: String]) {
        self.init(there.compactMap { name, path in here[name].map { (path, $0) } })
    }

    /// The text with other paths. One that goes on in the middle of a name is another path.
    func replacing(in text: String) -> String {
        let bytes = Array(text.utf8)
        var (output, index, isFound): ([UInt8], Int, Bool) = ([], 0, false)
        while index < bytes.count {
            if let found = bytes[index] == UInt8(ascii: "/") ? path(in: bytes, at: index) : nil {
                output += found.to
                index += found.from.count
                isFound = true
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return isFound ? String(decoding: output, as: UTF8.self) : text
    }

    private func path(in bytes: [UInt8], at index: Int) -> (from: [UInt8], to: [UInt8])? {
        guard index == 0 || !Self.isOfName(bytes[index - 1]) else { return nil }
        return table.first { entry in
            let end = index + entry.from.count
            return bytes[index...].starts(with: entry.from) && (end == bytes.count || !Self.isOfName(bytes[end]))
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte.isAlphanumeric
    }

    /// The parts of an answer with other paths. A path may be cut over several deltas: those of a block in which one is
    /// found are cut anew, as long as they were, and the last has the rest.
    func replacing(in parts: [ModelPart]) -> [ModelPart] {
        guard !table.isEmpty else { return parts }
        var texts: [Int: String] = [:]
        var last: [Int: Int] = [:]
        for (place, part) in parts.enumerated() {
            if case .delta(let index, let text) = part {
                texts[index, default: ""] += text
                last[index] = place
            }
        }
        let moved = texts.mapValues(replacing)
        var rest = moved.mapValues { $0[...] }
        return parts.enumerated().map { place, part in
            switch part {
            case .delta(let index, let text) where moved[index] != texts[index]:
                let left = rest[index] ?? ""
                let piece = place == last[index] ? left : left.prefix(text.count)
                rest[index] = left.dropFirst(piece.count)
                return .delta(index: index, String(piece))
            case .blockEnded(let index, let block): return .blockEnded(index: index, replacing(in: block))
            case .delta, .messageStarted, .blockStarted, .completed: return part
            }
        }
    }

    private func replacing(in block: ModelBlock) -> ModelBlock {
        let content: ModelBlock.Content =
            switch block.content {
            case .text(let text): .text(replacing(in: text))
            case .thinking(let text): .thinking(replacing(in: text))
            case .toolUse(let id, let name, let input):
                .toolUse(id, name: name, input: input.mappingStrings(replacing))
            case .opaque: .opaque
            }
        return ModelBlock(content, providerData: block.providerData)
    }
}
