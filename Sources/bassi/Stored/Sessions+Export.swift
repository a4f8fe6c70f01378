import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore

extension Sessions {
    /// `bassi sessions export`
    struct Export: AsyncParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable {
            /// Every event as a line.
            case jsonl
            /// What was said and done, to read.
            case markdown
            /// The same as a page of its own.
            case html
        }

        static let configuration = CommandConfiguration(abstract: "Print a whole session, to keep or to read.")

        @OptionGroup var target: SessionArgument
        @Option(help: "jsonl, markdown or html.") var format = Format.jsonl
        @OptionGroup var place: StoreOptions

        func run() async throws {
            let id = try target.id
            let (store, stored) = try await place.openExisting(id)
            let row = try await SessionSummary(of: stored, in: store)
            var writer = ExportWriter(format: format, title: row.title ?? id.description)
            Standard.write(Array(writer.head.utf8))
            var (position, blobs): (SequenceNumber, Set<BlobName>) = (.start, [])
            while true {
                let page = try await Self.page(of: id, after: position, store)
                guard let last = page.last else { break }
                for exported in page {
                    // Lines are the log as it is stored, and what it names; what is to be read is shown whole.
                    if format == .jsonl {
                        for name in exported.event.blobNames where blobs.insert(name).inserted {
                            let blob = ExportedBlob(name: name, bytes: try await store.blobs.read(name, of: id))
                            Standard.write(blob.encoded + [0x0A])
                        }
                    }
                    let shown = format == .jsonl ? exported : try await Self.whole(exported, store)
                    Standard.write(writer.bytes(of: shown))
                }
                position = last.event.seq
            }
            Standard.write(Array(writer.tail.utf8))
            try await store.close()
        }

        private static func whole(_ exported: ExportedEvent, _ store: any EventStore) async throws -> ExportedEvent {
            let event = try await store.wholeOrPreview(exported.event)
            return ExportedEvent(event: event, salt: nil, commitment: nil, signature: nil)
        }

        /// With the proof of each event where the store has one.
        private static func page(
            of id: SessionID, after position: SequenceNumber, _ store: any EventStore
        ) async throws -> [ExportedEvent] {
            if let store = store as? SQLiteEventStore { return try await store.export(id, after: position) }
            return try await store.read(id, after: position).map {
                ExportedEvent(event: $0, salt: nil, commitment: nil, signature: nil)
            }
        }
    }
}

/// Events in one of the forms of an export.
private struct ExportWriter {
    let format: Sessions.Export.Format
    let title: String
    private var transcript = Transcript()

    init(format: Sessions.Export.Format, title: String) {
        self.format = format
        self.title = title
    }

    var head: String {
        switch format {
        case .jsonl: ""
        case .markdown: "# \(title)\n"
        case .html:
            "<!doctype html><meta charset=\"utf-8\"><title>\(Self.escaped(title))</title><pre style=\"white-space: pre-wrap\">"
        }
    }

    var tail: String { format == .html ? "</pre>\n" : "" }

    mutating func bytes(of exported: ExportedEvent) -> [UInt8] {
        switch format {
        case .jsonl: return exported.encoded + [0x0A]
        case .markdown: return lines(of: exported.event) { $0 }
        case .html: return lines(of: exported.event, Self.escaped)
        }
    }

    private mutating func lines(of event: Event, _ escape: (String) -> String) -> [UInt8] {
        Array(transcript.lines(of: event).map { escape($0) + "\n" }.joined().utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
