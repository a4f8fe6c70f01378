import BassiEvents
import Foundation

/// One or two child processes that write into one file, until they are killed.
struct KilledWriters {
    let path: String
    let file: UInt64
    /// The program to start: this one.
    let program: URL

    /// What the children had said before they were dead.
    struct Said {
        var heads: [SessionID: Int64] = [:]
        /// The positions that they were about to erase.
        var redacted: [SessionID: Set<Int64>] = [:]
        var records = 0

        /// Takes what was said in a later run.
        mutating func add(_ later: Said) {
            heads.merge(later.heads) { $1 }
            redacted.merge(later.redacted) { $0.union($1) }
        }
    }

    /// A living child answers sooner than this, in milliseconds, on the slowest machine.
    private static let silenceMilliseconds: Int32 = 30_000

    /// Starts the writers, kills each at a random moment, and gives back all that they had said.
    func run(writers: Int, numbers: inout SeededNumbers) throws -> Said {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Problem("there is no pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var children: [Process] = []
        defer { for child in children { end(child) } }
        do {
            defer { close(ends[1]) }
            for writer in 0..<writers { children.append(try start(writer, output: ends[1], seed: numbers.next())) }
        }
        var (said, rest) = (Said(), [UInt8]())
        for child in children.shuffled(using: &numbers) {
            let isEarly = numbers.happens(0.1)
            let enough = said.records + (isEarly ? 0 : Int.random(in: 0...150, using: &numbers))
            while said.records < enough {
                guard try read(ends[0], &rest, into: &said) else { throw Problem("the writers ended by themselves") }
            }
            pass(microseconds: Int.random(in: 0...(isEarly ? 30_000 : 2_000), using: &numbers))
            end(child)
            guard child.terminationReason == .uncaughtSignal else {
                throw Problem("a writer ended by itself with status \(child.terminationStatus)")
            }
        }
        while try read(ends[0], &rest, into: &said) {}
        guard rest.isEmpty else { throw Problem("a child said only a part of a record") }
        return said
    }

    private func start(_ writer: Int, output: Int32, seed: UInt64) throws -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = ["child", path, "\(writer)", "\(file)", "\(seed)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: output, closeOnDealloc: false)
        try process.run()
        return process
    }

    /// Kills a child that this call started, and waits for its end.
    private func end(_ child: Process) {
        if child.isRunning { kill(child.processIdentifier, SIGKILL) }
        child.waitUntilExit()
    }

    /// Takes what a child says next. False when all of them are dead and everything is read.
    private func read(_ pipe: Int32, _ rest: inout [UInt8], into said: inout Said) throws -> Bool {
        var wait = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, Self.silenceMilliseconds) == 1 else {
            throw Problem("no writer of '\(path)' gets anything done: the death of another holds it up")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(pipe, &bytes, bytes.count)
        guard count > 0 else {
            if count == 0 { return false }
            throw Problem("the pipe cannot be read: errno \(errno)")
        }
        rest += bytes[..<count]
        while rest.count >= ChildWriter.recordBytes {
            let words = stride(from: 0, to: ChildWriter.recordBytes, by: 8).map { start in
                rest[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
            rest.removeFirst(ChildWriter.recordBytes)
            let (session, head) = (SessionID(UUIDv7(high: words[0], low: words[1])), Int64(bitPattern: words[2]))
            if head < 0 { said.redacted[session, default: []].insert(-head) } else { said.heads[session] = head }
            said.records += 1
        }
        return true
    }

    /// Lets a short time pass that is not a whole number of ticks of anything.
    private func pass(microseconds: Int) {
        let end = ContinuousClock.now + .microseconds(microseconds)
        while ContinuousClock.now < end {}
    }
}
