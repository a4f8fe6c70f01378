import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// A folder for a log that goes when the test ends.
final class LogFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    var log: String { url.appendingPathComponent("log.sqlite").path }

    /// The files below it that hold these bytes.
    func files(with marker: String) throws -> [String] {
        let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { file in
            guard let data = try? Data(contentsOf: file) else { return false }
            return data.range(of: Data(marker.utf8)) != nil
        }.map(\.lastPathComponent)
    }
}

/// Logs as a session writes them.
enum SampleLog {
    static func prompt(_ text: String) -> EventDraft {
        EventDraft(
            .promptReceived(
                PromptReceived(
                    content: [.text(text)], source: PromptSource(client: "test"), planMode: false, delivery: .start)))
    }

    /// A whole run: a prompt, an answer in so many deltas, its end. `name` makes its blocks its own.
    static func run(_ name: String, deltas: Int = 5, at timestamp: Timestamp = .now) -> [EventDraft] {
        let run = RunID()
        let pieces = (0..<deltas).map { "\(name)-\($0) " }
        let payloads: [EventPayload] =
            [
                .runStarted(RunStarted(model: "m", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)),
                .requestSent(
                    RequestSent(
                        attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 1)),
                .contentBlockStart(ContentBlockStart(blockID: BlockID(name), kind: .text, index: 0)),
            ]
            + pieces.map { .tokenDelta(TokenDelta(blockID: BlockID(name), delta: $0)) } + [
                .contentBlockEnd(
                    ContentBlockEnd(blockID: BlockID(name), kind: .text, text: pieces.joined())),
                .requestEnded(RequestEnded(attempt: 1, outcome: .completed)),
                .runCancelled(RunCancelled(reason: "test", by: Actor(kind: .system))),
            ]
        return payloads.map { EventDraft($0, runID: run, timestamp: timestamp) }
    }
}
