import Dispatch
import Foundation

/// The three standard streams: only results go to output, everything else to error.
enum Standard {
    /// A reader that leaves early is no crash, and a stream that is closed at the start is not given to a file that is
    /// opened later.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
        }
    }

    /// Says a sentence to the person.
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) }

    /// Writes a part of the result. False once the reader has left.
    @discardableResult
    static func write(_ bytes: some Sequence<UInt8>) -> Bool {
        (try? FileHandle.standardOutput.write(contentsOf: Data(bytes))) != nil
    }

    private static let queue = DispatchQueue(label: "bassi.output")

    /// The same on a thread of its own: a reader that does not read holds up the output, and never the run. Awaiting it
    /// is the back-pressure.
    static func send(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: write(bytes)) }
        }
    }

    /// Writes a line of the result.
    @discardableResult
    static func print(_ text: String) -> Bool { write(Array((text + "\n").utf8)) }

    /// Whether a person sits at both ends.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }
}
