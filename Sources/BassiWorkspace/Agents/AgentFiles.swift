import BassiProcess
import BassiTools
import Foundation

/// The agents that files describe: those of a trusted folder, and the person's own. The nearest of a name counts.
struct AgentFiles: Sendable {
    /// The most files that are read: each agent stands in every request.
    static let filesMax = 100

    /// The agents, sorted by their names.
    var agents: [FoundAgent] { found.values.sorted { $0.definition.name < $1.definition.name } }
    /// What is not loaded or does not count, one sentence each.
    private(set) var notices: [String] = []

    private var found: [String: FoundAgent] = [:]
    private var filesRead = 0
    private var leftOut: [String] = []

    /// Reads the files: of the folder the bytes that were hashed, where it is trusted.
    init(trust: FolderTrust, configFolder: String?) {
        if trust.isTrusted {
            for folder in FolderContents.agentFolders {
                read(trust.contents.agentPaths(in: folder)) { path throws(Refusal) in
                    try Self.bytes(path, trust.contents)
                }
            }
        }
        if let folder = configFolder.map({ $0 + "/agents" }) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let paths = names.filter(FolderContents.isAgentName).sorted().map { "\(folder)/\($0)" }
            read(paths) { path throws(Refusal) in try Self.bytes(path) }
        }
        if !leftOut.isEmpty {
            notices.append(
                "not loaded, since \(Self.filesMax) files of agents are the most\(FolderTrust.list(leftOut))")
        }
    }

    // MARK: - The bytes

    private typealias Refusal = AgentFile.Refusal

    private static let long = Refusal(reason: "the file is larger than \(AgentFile.bytesMax >> 10) KiB")

    private static func bytes(_ path: String, _ contents: FolderContents) throws(Refusal) -> [UInt8] {
        if let bytes = contents.agents[path] { return bytes }
        let isLink = contents.entries[path]?.hasPrefix("link ") == true
        throw isLink ? Refusal(reason: "no link of a folder is followed") : long
    }

    /// The person's own links lead where the person wants.
    private static func bytes(_ path: String) throws(Refusal) -> [UInt8] {
        guard let (bytes, isWhole) = BoundedFile.read(path, bytesMax: AgentFile.bytesMax) else {
            throw Refusal(reason: "this is no file that can be read")
        }
        guard isWhole else { throw long }
        return bytes
    }

    // MARK: - The agents

    /// Reads the files of one place; what nearer places have described is hidden by it.
    private mutating func read(_ paths: [String], _ bytes: (String) throws(Refusal) -> [UInt8]) {
        let nearer = Set(found.keys)
        for path in paths {
            filesRead += 1
            guard filesRead <= Self.filesMax else {
                leftOut.append(path)
                continue
            }
            do throws(Refusal) {
                let file = AgentFile(try bytes(path), path: path)
                notices += file.notices
                guard let agent = file.definition, !nearer.contains(agent.name) else { continue }
                if let other = found[agent.name]?.path {
                    throw Refusal(reason: "'\(agent.name)' is described in \(VisibleText.line(other)) already")
                }
                found[agent.name] = FoundAgent(definition: agent, path: path)
            } catch {
                notices.append("\(VisibleText.line(path)): \(error.reason): the agent is not loaded")
            }
        }
    }
}
