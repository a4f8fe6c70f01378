import BassiModels
import BassiTesting
import BassiWorkspace
import Foundation

/// `bassi-model-server SCRIPT [--key KEY] [--models A,B] [--dialect deepseek|ollama]`
///
/// Plays a script (YAML, as for `bassi --script`) as a model provider on a free port of 127.0.0.1, whose number is its
/// first line. It ends with its standard input; then it says on standard error which requests it refused.
@main struct ModelServer {
    static func main() async throws {
        #if Network
            let (path, options) = try arguments(Array(CommandLine.arguments.dropFirst()))
            let script = try ModelScriptFile.read(path)
            try await ScriptedModelServer.run(script, options: options) { server in
                print(server.port)
                fflush(nil)
                await endOfInput()
                for request in server.requests {
                    guard let refusal = request.refusal else { continue }
                    let line = "refused \(request.method) \(request.path): \(refusal)\n"
                    FileHandle.standardError.write(Data(line.utf8))
                }
            }
        #else
            throw Problem(description: "this build has no network: build it with the trait Network")
        #endif
    }

    struct Problem: Error, CustomStringConvertible { let description: String }

    #if Network
        private static func arguments(_ words: [String]) throws -> (path: String, ScriptedServerOptions) {
            var (path, options, rest) = (String?.none, ScriptedServerOptions(), words[...])
            while let word = rest.popFirst() {
                guard word.hasPrefix("--") else {
                    path = word
                    continue
                }
                guard let value = rest.popFirst() else { throw Problem(description: "\(word) needs a value") }
                switch (word, value) {
                case ("--key", _): options.key = value
                case ("--models", _): options.models = value.split(separator: ",").map(String.init)
                case ("--dialect", "deepseek"): options.chat = .deepSeek
                case ("--dialect", "ollama"): options.chat = .ollama
                default: throw Problem(description: "there is no \(word) \(value)")
                }
            }
            guard let path else { throw Problem(description: "usage: bassi-model-server SCRIPT [OPTIONS]") }
            return (path, options)
        }

        /// Reads on a thread of its own: the server needs those of the pool.
        private static func endOfInput() async {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    _ = try? FileHandle.standardInput.readToEnd()
                    continuation.resume()
                }
            }
        }
    #endif
}
