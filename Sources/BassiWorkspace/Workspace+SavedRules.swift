import BassiEvents
import BassiTools
import Foundation

/// Rules that a person has allowed for longer than a session.
extension Workspace {
    /// Why a rule was not saved.
    public struct RuleNotSaved: Error, Sendable, Equatable, CustomStringConvertible {
        /// One sentence with the next step.
        public let description: String
    }

    /// Keeps an allow rule: for this folder in `.bassi/settings.local.yaml`, or for the person in the settings.
    ///
    /// A folder stays as trusted as it was. One that is not trusted and has something of its own keeps no rule: it would
    /// not count there.
    ///
    /// - Throws: ``RuleNotSaved``, ``SettingsError``.
    public func save(rule: String, for scope: PermissionScope) async throws {
        try await FileWork.run { _ in
            switch scope {
            case .once, .session: break
            case .always:
                guard let configFolder else {
                    throw RuleNotSaved(description: "the rule was not saved: there is no home folder for settings")
                }
                try Self.add(rule, to: FolderContents.realPath(configFolder + "/settings.yaml"))
            case .project: try saveForFolder(rule)
            }
        }
    }

    private func saveForFolder(_ rule: String) throws {
        let before = FolderContents(folder: folder)
        let state = FolderTrust(before, decisions: decisions, trustsNow: trust.state == .trustedForNow).state
        switch state {
        case .nothingToLoad, .trusted, .trustedForNow: break
        case .untrusted, .declined, .changed, .impossible:
            throw RuleNotSaved(
                description: "the rule holds for this session and was not saved, since the folder is not trusted: "
                    + "`bassi trust` shows what it would do, and asks")
        }
        let name = ".bassi/settings.local.yaml"
        for part in [".bassi", name] where FileManager.default.isLink("\(before.folder)/\(part)") {
            throw RuleNotSaved(description: "the rule was not saved: \(part) is a link")
        }
        try Self.add(rule, to: "\(before.folder)/\(name)")
        guard state != .trustedForNow, let decisions else { return }
        let after = FolderContents(folder: folder)
        // What came in meanwhile is for the person to see.
        var (old, new) = (before.entries, after.entries)
        (old[name], new[name]) = (nil, nil)
        if old == new { try decisions.trust(after) }
    }

    private static func add(_ rule: String, to path: String) throws {
        let file = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let exists = FileManager.default.fileExists(atPath: path)
        let text = exists ? try String(contentsOf: file, encoding: .utf8) : ""
        let new = try SavedRule.text(adding: rule, to: text, path: path)
        guard new != text else { return }
        let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        // Whole or not at all, also when the disk is full.
        try new.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode ?? 0o600], ofItemAtPath: path)
    }
}

extension FileManager {
    fileprivate func isLink(_ path: String) -> Bool { (try? destinationOfSymbolicLink(atPath: path)) != nil }
}
