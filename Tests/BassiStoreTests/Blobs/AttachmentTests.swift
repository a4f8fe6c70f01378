import BassiEvents
import Foundation
import Testing

@testable import BassiStore

/// Pictures and documents: their bytes lie in the blob store, without secrets.
@Suite struct AttachmentTests {
    private let session = SessionID()
    private let store = MemoryEventStore()
    private let secret = "hunter2-correct-horse"

    private func draft(_ block: ContentBlock) async throws -> (stored: ContentBlock?, whole: ContentBlock?) {
        let redactor = Redactor(secrets: [("PASSWORD", secret)])
        let prompt = PromptReceived(
            content: [.text("see"), block], source: PromptSource(client: "c"), planMode: false, delivery: .start)
        let drafting = EventDrafting(session: session, redactor: redactor, blobs: store.blobs)
        let (draft, whole) = try await drafting.draft(.promptReceived(prompt))
        let event = try await store.append([draft], to: session, expecting: .any)[0]
        #expect(try await store.whole(event).payload == whole)
        return (draft.payload.content?.last, whole.content?.last)
    }

    private func attachment(_ bytes: [UInt8], _ type: String = "image/png") -> ContentBlock.Attachment {
        ContentBlock.Attachment(mediaType: type, data: Data(bytes).base64EncodedString(), name: "a")
    }

    @Test func `the event names the bytes, and the model gets them`() async throws {
        let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0, 255]
        for block in [ContentBlock.image(attachment(bytes)), .document(attachment(bytes, "application/pdf"))] {
            let (stored, whole) = try await draft(block)
            #expect(whole == block)
            #expect(stored?.attachment?.data == nil && stored?.attachment?.name == "a")
            let name = try #require(stored?.attachment?.blob.flatMap(BlobName.init))
            #expect(try await store.blobs.read(name, of: session) == bytes)
        }
    }

    @Test func `a text loses its secrets before it is a blob`() async throws {
        let (stored, whole) = try await draft(.document(attachment(Array("key: \(secret)!".utf8), "text/plain")))
        let name = try #require(stored?.attachment?.blob.flatMap(BlobName.init))
        #expect(try await store.blobs.read(name, of: session) == Array("key: [redacted:PASSWORD]!".utf8))
        #expect(whole?.attachment?.bytes == Array("key: [redacted:PASSWORD]!".utf8))
    }

    @Test func `other bytes with a secret are left out, and that is said`() async throws {
        let (stored, whole) = try await draft(.image(attachment([0xFF, 0xFE] + Array(secret.utf8) + [0x80])))
        #expect(stored == whole)
        #expect(stored?.text == "[redacted:attachment] The attachment 'a' held a secret and was left out.")
    }

    @Test func `what is no base64 stays as it came`() async throws {
        for data in ["not base64", "AA", "AB==", ""] {
            let block = ContentBlock.image(ContentBlock.Attachment(mediaType: "image/png", data: data))
            let (stored, whole) = try await draft(block)
            #expect(whole == block)
            if !data.isEmpty { #expect(stored == block) }
        }
    }

    @Test func `a blob that is gone leaves the event as it stands in the log`() async throws {
        let (stored, _) = try await draft(.image(attachment([1, 2, 3])))
        try await store.blobs.deleteAll(of: session)
        let event = try #require(try await store.read(session).last)
        await #expect(throws: BlobError.self) { _ = try await store.whole(event) }
        #expect(try await store.wholeOrPreview(event).payload.content?.last == stored)
    }
}
