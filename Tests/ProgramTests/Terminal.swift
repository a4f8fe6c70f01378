import Foundation

/// The program at a terminal of its own: what is typed, and what stands on the screen.
final class Terminal {
    let process: Process
    private let master: FileHandle
    private var screen = ""

    /// What `ioctl` is asked for (`<asm/ioctls.h>`): the number of the other side, and to unlock it.
    private static let (number, unlock): (UInt, UInt) = (0x8004_5430, 0x4004_5431)

    /// Starts the program at a new terminal.
    init(_ program: Program, _ arguments: [String]) throws {
        let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (other, locked): (Int32, Int32) = (0, 0)
        guard descriptor >= 0, ioctl(descriptor, Self.unlock, &locked) == 0, ioctl(descriptor, Self.number, &other) == 0
        else { throw CocoaError(.fileReadUnknown) }
        master = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let slave = open("/dev/pts/\(other)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw CocoaError(.fileReadUnknown) }
        let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        process = program.process(arguments, environment: ["TERM": "dumb"])
        (process.standardInput, process.standardOutput, process.standardError) = (handle, handle, handle)
        try process.run()
    }

    func type(_ line: String) throws { try master.write(contentsOf: Data((line + "\n").utf8)) }

    /// Reads until this has come, and gives what came up to there; nil when the program ended before, or said nothing for
    /// 20 seconds.
    func read(until text: String) -> String? {
        while true {
            if let range = screen.range(of: text) {
                defer { screen = String(screen[range.upperBound...]) }
                return String(screen[..<range.upperBound])
            }
            var watched = pollfd(fd: master.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 20_000) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            // The end of the last process at a terminal is an error of the read.
            let count = Foundation.read(master.fileDescriptor, &buffer, buffer.count)
            guard count > 0 else { return nil }
            // A terminal has a carriage return before each line feed.
            screen += String(decoding: buffer[..<count].filter { $0 != 0x0D }, as: UTF8.self)
        }
    }
}
