import Foundation

/// One answer of 20,000 deltas through the whole program, beside `curl`, which only moves the same bytes.
enum StreamBenchmark {
    private static let tokens = 20_000
    private static let runs = 9

    static func run(_ program: String) async throws {
        let server = try TokenServer(tokens: tokens, tokensPerPiece: 64)
        defer { server.stop() }
        try await BenchmarkFolder.with { folder in
            let environment = [
                "HOME": folder, "BASSI_HOME": folder + "/home", "PATH": "/usr/bin:/bin", "ANTHROPIC_API_KEY": "sk-none",
                "ANTHROPIC_BASE_URL": "http://127.0.0.1:\(server.port)",
            ]
            let ask = ["-p", "go", "-m", "anthropic/claude-sonnet-5-5", "--output-format", "stream-json"]
            let url = "http://127.0.0.1:\(server.port)/v1/messages"
            var (ours, theirs): ([Figures], [Figures]) = ([], [])
            for _ in 0..<runs {
                theirs.append(try Figures(of: "/usr/bin/curl", ["-s", "-d", "{}", url], environment))
                ours.append(try Figures(of: program, ask, environment))
            }
            print("an answer of \(tokens) deltas, \(server.byteCount) bytes, median of \(runs):")
            print("  curl: \(Figures.median(theirs))")
            print("  bassi -p --output-format stream-json: \(Figures.median(ours)) (goal: 0.3 s and 60 MB)")
        }
    }

    /// What one run of a program took.
    private struct Figures: CustomStringConvertible {
        var seconds: Double
        var processorSeconds: Double
        var megabytes: Double

        /// - Throws: ``BenchmarkProblem`` when it does not end with 0.
        init(of program: String, _ arguments: [String], _ environment: [String: String]) throws {
            var pid = pid_t()
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            let words = ([program] + arguments).map { strdup($0) } + [nil]
            let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
            defer { for text in words + variables { free(text) } }
            let start = ContinuousClock.now
            guard posix_spawn(&pid, program, &actions, nil, words, variables) == 0 else {
                throw BenchmarkProblem("'\(program)' cannot be started")
            }
            var (status, usage) = (Int32(0), rusage())
            wait4(pid, &status, 0, &usage)
            guard status == 0 else { throw BenchmarkProblem("'\(program)' ended with status \(status)") }
            seconds = (ContinuousClock.now - start) / .seconds(1)
            processorSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) {
                $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
            }
            megabytes = Double(usage.ru_maxrss) / 1024
        }

        static func median(_ all: [Figures]) -> Figures {
            func middle(_ value: (Figures) -> Double) -> Double { all.map(value).sorted()[all.count / 2] }
            var figures = all[0]
            figures.seconds = middle(\.seconds)
            figures.processorSeconds = middle(\.processorSeconds)
            figures.megabytes = middle(\.megabytes)
            return figures
        }

        var description: String {
            String(format: "%.3f s, %.2f s of processor time, %.0f MB resident", seconds, processorSeconds, megabytes)
        }
    }
}
