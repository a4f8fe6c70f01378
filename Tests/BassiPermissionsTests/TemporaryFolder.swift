import Foundation

/// A folder with a session's folder `site` and a home `home` in it, gone when the value is.
final class TemporaryFolder {
    let path: String
    var site: String { path + "/site" }
    var home: String { path + "/home" }

    init() throws {
        let base = FileManager.default.temporaryDirectory.path
        let template = Array((base + "/bassi-permissions-XXXXXX").utf8CString)
        var buffer = template
        guard let made = mkdtemp(&buffer) else { throw CocoaError(.fileWriteUnknown) }
        // The real path: on some systems the temporary folder is behind a link.
        path = URL(fileURLWithPath: String(cString: made)).resolvingSymlinksInPath().path
        try folder("site")
        try folder("home")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func folder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }

    func file(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }
}
