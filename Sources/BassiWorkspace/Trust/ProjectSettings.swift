import BassiEvents
import BassiPermissions

/// What the files of a folder add to the person's settings: all that a folder may set where it is trusted, else only
/// its deny and ask rules.
struct ProjectSettings {
    /// The person's settings with those of the folder over them.
    private(set) var settings: Settings
    /// What was left out, one sentence each.
    private(set) var notices: [String] = []

    private let trust: FolderTrust
    private let providers: Set<String>

    /// Puts the folder's settings over the person's: those that are shared, then the person's own for this folder.
    ///
    /// - Throws: ``SettingsError`` for a file of a trusted folder; a wrong one of another does not keep anybody from
    ///   working there.
    init(over settings: Settings, trust: FolderTrust, providers: [String]) throws(SettingsError) {
        self.settings = settings
        self.trust = trust
        self.providers = Set(providers)
        if let notice = trust.notice { notices.append(notice) }
        for name in FolderContents.settingsFiles {
            guard let bytes = trust.contents.settings[name] else { continue }
            if name.hasPrefix(".bassi/") {
                try readOwn(bytes, name)
            } else if name.hasPrefix(".claude/") {
                readOthers(bytes, name)
            }
        }
    }

    private mutating func readOwn(_ bytes: [UInt8], _ name: String) throws(SettingsError) {
        let path = "\(trust.contents.folder)/\(name)"
        do throws(SettingsError) {
            var document = try ProjectDocument(bytes, path: path)
            guard trust.isTrusted else {
                return take(ProjectRules(document.json, source: name, isTrusted: false), name)
            }
            try settings.read(document.settings(providers: providers))
            guard !document.ignored.isEmpty else { return }
            let keys = document.ignored.map { VisibleText.line($0, max: 100) }.joined(separator: ", ")
            notices.append("\(name): only your own settings can set \(keys)")
        } catch {
            if trust.isTrusted { throw error }
            notices.append("\(name): its rules do not count: \(VisibleText.line(error.problem))")
        }
    }

    private mutating func readOthers(_ bytes: [UInt8], _ name: String) {
        guard let document = try? JSONParser.parse(bytes), document.object != nil else {
            return notices.append("\(name): its rules do not count: this is no object of JSON")
        }
        take(ProjectRules(document, source: name, isTrusted: trust.isTrusted), name)
        guard trust.isTrusted, document["hooks"] != nil else { return }
        readHooks(document, name)
    }

    /// Another program's file: what it has of hooks that we have not is named, and keeps nobody from working here.
    private mutating func readHooks(_ document: JSONValue, _ name: String) {
        do throws(SettingsError) {
            let (hooks, unknown) = try HookSettings.readOthers(SettingsFile(text: document.text, path: name).root)
            settings.hooks += hooks
            if !unknown.isEmpty { notices.append("\(name): not run: \(unknown.joined(separator: ", "))") }
        } catch {
            notices.append("\(name): its hooks are not run: \(VisibleText.line(error.problem))")
        }
    }

    private mutating func take(_ read: ProjectRules, _ name: String) {
        settings.rules.add(read.rules)
        if let notice = read.notice(of: name) { notices.append(notice) }
    }
}
