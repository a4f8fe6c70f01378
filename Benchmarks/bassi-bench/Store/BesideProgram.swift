import BassiEvents
import Foundation

extension StoreRun {
    /// Runs a program in C that measures what SQLite can do on this disk, and sets our appends beside its figures.
    ///
    /// The program is given a folder, the seconds for each figure, and a third argument, and prints lines such as
    /// `schema1 sync=FULL batch= 100 payload=200 141000 ev/s`. A source in C, or a folder that has `sqlite_bench.c`, is
    /// compiled first.
    func beside(_ path: String, _ report: inout BenchmarkReport) async throws {
        let program = try await Self.compiled(path, in: folder)
        let seconds = options.isQuick ? "0.25" : "1"
        let output = try await Program.output(of: program, [folder, seconds, "durable"], in: folder)
        var figures: [String: [Double]] = [:]
        for line in output.split(separator: "\n") {
            guard let figure = Self.figure(line) else { continue }
            figures["\(figure.schema)_\(figure.batch)", default: []].append(figure.rate)
        }
        guard !figures.isEmpty else { throw BenchmarkProblem("'\(path)' printed no figure: \(output.prefix(200))") }
        print("the program in C, durable, 200 bytes; ours to its")
        for schema in ["schema1", "schema3"] {
            for batch in [1, 100, 1_000] {
                guard let rates = figures["\(schema)_\(batch)"] else { continue }
                let rate = Samples(rates).median
                report.row("c_\(schema)_\(batch)", "\(schema), \(batch) in a batch", rate, "events/s")
                guard let ours = report.rows.first(where: { $0.name == "append_durable_\(batch)" }) else { continue }
                report.ratio("append_durable_\(batch)_to_c_\(schema)", "  ours to its", [ours.value / rate])
            }
        }
    }

    private static func figure(_ line: Substring) -> (schema: String, batch: Int, rate: Double)? {
        // `batch=` is padded with spaces, so the number may be the next word.
        let words = line.replacing("=", with: " ").split(separator: " ").map(String.init)
        guard let schema = words.first, schema.hasPrefix("schema"), words.contains("FULL"),
            let batch = words.firstIndex(of: "batch").flatMap({ Int(words[$0 + 1]) }),
            let rate = words.firstIndex(of: "ev/s").flatMap({ Double(words[$0 - 1]) })
        else { return nil }
        return (schema, batch, rate)
    }

    private static func compiled(_ path: String, in folder: String) async throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw BenchmarkProblem(
                "there is no '\(path)': --beside takes a program, its source in C, or the folder of it")
        }
        let source = isFolder.boolValue ? path + "/sqlite_bench.c" : path
        let absolute = URL(fileURLWithPath: source).standardizedFileURL.path
        guard absolute.hasSuffix(".c") else { return absolute }
        let program = folder + "/beside"
        _ = try await Program.output(
            of: "/usr/bin/env", ["cc", "-O2", absolute, "-lsqlite3", "-lpthread", "-o", program], in: folder)
        return program
    }
}
