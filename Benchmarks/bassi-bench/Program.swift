import Foundation

/// Other programs, run to their end.
enum Program {
    /// The standard output.
    ///
    /// - Throws: ``BenchmarkProblem`` when it does not end with 0.
    static func output(of program: String, _ arguments: [String], in folder: String) async throws -> String {
        try await outputs(of: program, [arguments], in: folder)[0]
    }

    /// The standard outputs of several processes of one program that run at the same time. Each must be short.
    static func outputs(of program: String, _ arguments: [[String]], in folder: String) async throws -> [String] {
        // On a thread of its own, since it waits.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try run(program, arguments, folder) })
            }
        }
    }

    private static func run(_ program: String, _ arguments: [[String]], _ folder: String) throws -> [String] {
        let started = try arguments.map { arguments in
            let (process, pipe) = (Process(), Pipe())
            process.executableURL = URL(fileURLWithPath: program).resolvingSymlinksInPath()
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder)
            process.standardOutput = pipe
            try process.run()
            return (process, pipe)
        }
        return try started.map { process, pipe in
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw BenchmarkProblem("'\(program)' ended with \(process.terminationStatus)")
            }
            return String(decoding: data, as: UTF8.self)
        }
    }
}
