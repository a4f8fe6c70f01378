#if Network
    import BassiEvents
    import BassiModels
    import Synchronization

    /// What came of one request: the parts, and how it ended.
    struct HeardAnswer: Sendable {
        let parts: [ModelPart]
        let error: (any Error)?

        /// Asks, and keeps whatever comes.
        static func of(
            _ adapter: any ModelAdapter, _ request: ModelRequest,
            onPart: @escaping @Sendable (ModelPart) -> Void = { _ in }
        ) async -> HeardAnswer {
            let log = Log()
            do {
                try await adapter.respond(to: request) { part in
                    log.append(part)
                    onPart(part)
                }
                return HeardAnswer(parts: log.all, error: nil)
            } catch { return HeardAnswer(parts: log.all, error: error) }
        }

        private final class Log: Sendable {
            private let parts = Mutex<[ModelPart]>([])
            var all: [ModelPart] { parts.withLock { $0 } }
            func append(_ part: ModelPart) { parts.withLock { $0.append(part) } }
        }

        /// The blocks that ended, in that order.
        var blocks: [ModelBlock] {
            parts.compactMap { if case .blockEnded(_, let block) = $0 { block } else { nil } }
        }

        /// All text, whether or not its block ended.
        var streamedText: String {
            var texts: Set<Int> = []
            var all = ""
            for part in parts {
                switch part {
                case .blockStarted(let index, .text): texts.insert(index)
                case .delta(let index, let more) where texts.contains(index): all += more
                default: continue
                }
            }
            return all
        }

        var text: String {
            blocks.compactMap { if case .text(let text) = $0.content { text } else { nil } }.joined()
        }

        var thinking: String {
            blocks.compactMap { if case .thinking(let text) = $0.content { text } else { nil } }.joined()
        }

        var calls: [(id: ToolID, name: String, input: JSONValue)] {
            blocks.compactMap { block in
                guard case .toolUse(let id, let name, let input) = block.content else { return nil }
                return (id, name, input)
            }
        }

        var ending: (reason: StopReason, usage: Usage)? {
            if case .completed(let reason, let usage) = parts.last { (reason, usage) } else { nil }
        }

        /// The parts without what depends on how the bytes were cut: the deltas of each block as one.
        var shape: [ModelPart] {
            var shape: [ModelPart] = []
            for part in parts {
                if case .delta(let index, let more) = part, case .delta(index, let text)? = shape.last {
                    shape[shape.count - 1] = .delta(index: index, text + more)
                } else {
                    shape.append(part)
                }
            }
            return shape
        }

        /// What is wrong with the order of the parts; nil when nothing is.
        var disorder: String? {
            var open: [Int: String] = [:]
            var seen: Set<Int> = []
            for (place, part) in parts.enumerated() {
                switch part {
                case .messageStarted: if place > 0 { return "the message starts as part \(place)" }
                case .blockStarted(let index, _):
                    guard seen.insert(index).inserted else { return "block \(index) begins twice" }
                    open[index] = ""
                case .delta(let index, let more):
                    guard let text = open[index] else { return "a delta of block \(index), which is not open" }
                    open[index] = text + more
                case .blockEnded(let index, let block):
                    guard let text = open.removeValue(forKey: index) else {
                        return "block \(index) ends, which is not open"
                    }
                    if let wrong = Self.difference(text, block) { return "block \(index): \(wrong)" }
                case .completed: if place != parts.count - 1 { return "parts come after the end" }
                }
            }
            if case .messageStarted? = parts.first {} else if !parts.isEmpty { return "the message does not start" }
            return error == nil && !open.isEmpty ? "blocks \(open.keys.sorted()) never end" : nil
        }

        private static func difference(_ streamed: String, _ block: ModelBlock) -> String? {
            switch block.content {
            case .text(let text), .thinking(let text):
                return streamed == text ? nil : "its deltas say '\(streamed)', its end says '\(text)'"
            case .toolUse(_, _, let input):
                let said = (try? JSONParser.parse(streamed)) ?? .string(streamed)
                return streamed.isEmpty || said == input ? nil : "its deltas say '\(streamed)', its end '\(input.text)'"
            case .opaque: return nil
            }
        }
    }
#endif
