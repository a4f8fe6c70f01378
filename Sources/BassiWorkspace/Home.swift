import Foundation

/// The folder in which everything of one person lies: the log, blobs, credentials.
///
/// `$BASSI_HOME`, else `$XDG_DATA_HOME/bassi`, else `~/.local/share/bassi`; private to its owner (mode 0700).
public struct Home: Sendable, Equatable {
    /// Why the folder cannot be used.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// None of the variables that say where it lies is set.
        case unknown
        /// It cannot be created or is no folder.
        case unusable(path: String, reason: String)

        /// One sentence for a person, with the next step.
        public var description: String {
            switch self {
            case .unknown: "there is no home folder: set BASSI_HOME to a folder for the event log"
            case .unusable(let path, let reason):
                "the home folder '\(path)' cannot be used (\(reason)): set BASSI_HOME to another"
            }
        }
    }

    /// An absolute path without a slash at its end.
    public let path: String

    /// The folder that the environment names. Nothing is created. A relative or empty value counts as not set, as the
    /// XDG base directory specification says of its variables.
    ///
    /// - Throws: ``Failure/unknown`` when nothing names one.
    public init(environment: [String: String]) throws(Failure) {
        func absolute(_ name: String) -> String? {
            guard let value = environment[name], value.hasPrefix("/") else { return nil }
            return (value as NSString).standardizingPath
        }
        if let home = absolute("BASSI_HOME") {
            path = home
        } else if let data = absolute("XDG_DATA_HOME") {
            path = data + "/bassi"
        } else if let home = absolute("HOME") {
            path = home + "/.local/share/bassi"
        } else {
            throw .unknown
        }
    }

    /// The event log of this home.
    public var eventLog: String { path + "/bassi.sqlite" }

    /// Creates the folder with mode 0700 when it is not there.
    ///
    /// - Throws: ``Failure/unusable(path:reason:)``.
    public func create() throws(Failure) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw .unusable(path: path, reason: "it is a file") }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
