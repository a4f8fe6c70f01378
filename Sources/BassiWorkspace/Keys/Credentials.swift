import BassiModels
import BassiProcess
import Foundation

/// The keys of providers: from the environment, else from the credentials file, else from `.env` in the folder.
///
/// The two files give keys and nothing else: a cloned folder must not be able to send requests, and the key with them,
/// somewhere else.
public struct Credentials: Sendable, Equatable {
    /// The environment with the keys that the files add.
    public let environment: [String: String]
    /// The variables whose value is from `.env` in the folder: whoever wrote that folder may have chosen the account.
    public let folderKeys: Set<String>
    /// What is wrong with a file, as sentences for the person.
    public let warnings: [String]

    /// The longest file that is taken.
    static let bytesMax = 1 << 20

    /// The keys for a folder.
    public init(
        environment: [String: String], folder: String, configFolder: String?, providers: [Provider] = Provider.builtIn
    ) {
        var all = environment
        var warnings: [String] = []
        let names = Set(providers.compactMap(\.keyVariable))
        func add(_ path: String) {
            guard let (bytes, isWhole) = BoundedFile.read(path, bytesMax: Self.bytesMax) else { return }
            if !isWhole { warnings.append("'\(path)' was read up to \(Self.bytesMax) bytes only") }
            for (name, value) in DotEnv.parse(String(decoding: bytes, as: UTF8.self))
            where names.contains(name) && all[name, default: ""].isEmpty && !value.isEmpty {
                all[name] = value
            }
        }
        if let configFolder {
            let path = configFolder + "/credentials"
            if Self.isPrivate(path) {
                add(path)
            } else if FileManager.default.fileExists(atPath: path) {
                warnings.append("'\(path)' can be read by others and was not used: chmod 600 '\(path)'")
            }
        }
        let own = Set(all.keys.filter { all[$0]?.isEmpty == false })
        add(folder + "/.env")
        folderKeys = names.subtracting(own).intersection(all.keys)
        self.environment = all
        self.warnings = warnings
    }

    private static func isPrivate(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 == 0
    }
}
