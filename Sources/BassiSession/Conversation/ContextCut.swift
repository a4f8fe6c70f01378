import BassiEvents
import BassiModels

/// A piece of a conversation that a summary is to stand for.
struct ContextCut: Sendable, Equatable {
    /// The first event that the summary stands for.
    let fromSeq: SequenceNumber
    /// The last one.
    let toSeq: SequenceNumber
    /// What was said there.
    let messages: [ModelMessage]

    /// What a summary costs to write at most, in tokens.
    static let summaryTokensMax = 8192
    /// However little room there is, so much of each part is shown.
    private static let partBytesMin = 200

    /// The request for the summary: the piece as a text, so that any model takes it, whoever had the conversation.
    ///
    /// - Parameter tokensMax: How long it may be; what is longest in the piece is shown without its middle.
    func request(of model: String, tokensMax: Int) -> ModelRequest {
        var request = ModelRequest(
            model: model, systemPrompt: Self.instruction, messages: [], outputTokensMax: Self.summaryTokensMax)
        var partBytes = 16_384
        repeat {
            let text = messages.flatMap { Self.lines(of: $0, partBytes: partBytes) }.joined(separator: "\n\n")
            request.messages = [.user([.text(text + "\n\n" + Self.question)])]
            partBytes /= 2
        } while request.estimatedInputTokens > tokensMax && partBytes >= Self.partBytesMin
        guard request.estimatedInputTokens > tokensMax, case .user(let blocks)? = request.messages.first else {
            return request
        }
        // Very many small parts: the middle of them all is left out.
        let text = (blocks.first?.text ?? "").cutInTheMiddle(
            headBytes: tokensMax, tailBytes: 2 * tokensMax, mark: Self.mark)
        request.messages = [.user([.text(text)])]
        return request
    }

    /// What stands in the conversation in place of the piece.
    static func replacement(_ summary: String) -> String {
        "[What was said and done between here and the messages below, summarised to save room:]\n\n" + summary
    }

    private static let instruction = """
        You write the memory of an agent whose conversation has become too long. Another model goes on from your \
        summary and sees nothing else of this part, so keep all that it needs: what the person wants and has decided, \
        what was done and found (paths, names, commands, figures, errors), what is unfinished, and what comes next. \
        Do not answer the person, and call no tools.
        """
    private static let question = "Summarise the part of the conversation above."

    private static func mark(_ bytes: Int) -> String { " [… \(bytes) bytes left out …] " }

    private static func lines(of message: ModelMessage, partBytes: Int) -> [String] {
        func cut(_ text: String) -> String {
            text.cutInTheMiddle(headBytes: partBytes * 2 / 3, tailBytes: partBytes / 3, mark: mark)
        }
        switch message {
        case .user(let blocks): return blocks.map { "Person: " + cut(text(of: $0)) }
        case .toolResults(let results):
            return results.map { result in
                "Result of \(result.toolName)\(result.isError ? " (an error)" : ""): "
                    + cut(result.content.map(text).joined(separator: "\n"))
            }
        case .assistant(let blocks):
            return blocks.compactMap { block in
                switch block.content {
                case .text(let text): "Agent: " + cut(text)
                case .toolUse(_, let name, let input): "Agent calls \(name): " + cut(input.text)
                case .thinking, .opaque: nil
                }
            }
        }
    }

    private static func text(of block: ContentBlock) -> String {
        switch block {
        case .text(let text): text
        case .image(let image): "[a picture, \(image.mediaType)]"
        case .document(let document): "[a document, \(document.name ?? document.mediaType)]"
        case .other: "[an attachment]"
        }
    }
}
