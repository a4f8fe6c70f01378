import Foundation

/// Turns the paths of a call into the places they mean at this moment: relative to the session's folder, with `~`,
/// `..` and symbolic links resolved.
///
/// Links are followed in the part that exists; what does not exist yet is appended as it stands. The answer holds
/// only until somebody changes a link, so a tool must open what it checked: relative to a directory handle and
/// without following a link out of the folder.
public struct PathResolver: Sendable, Equatable {
    /// The session's folder, absolute.
    public let folder: String
    /// The person's home folder, absolute.
    public let home: String
    /// The folder of the settings file: where `/x` in a rule begins. The session's folder until a rule says otherwise.
    public let settingsFolder: String

    /// As many links as Linux follows in one path.
    static let linksMax = 40
    /// As long as Linux lets a path be, or the text of a link.
    static let pathBytesMax = 4_096

    /// A value with these members.
    public init(folder: String, home: String, settingsFolder: String? = nil) {
        self.folder = folder
        self.home = home
        self.settingsFolder = settingsFolder ?? folder
    }

    /// The absolute path that `path` means now, or nil for one that cannot be known: `~somebody`, a circle of links,
    /// a folder that cannot be read, a NUL, more than 4,096 bytes.
    public func resolve(_ path: String) -> String? {
        parts(path).flatMap { Self.follow($0) }?.text
    }

    /// Whether a path stays in the session's folder.
    public func isInside(_ path: String) -> Bool {
        let places = Places(path, in: self)
        return places.isKnown && places.real.allSatisfy { $0.isInside(realFolder) }
    }

    /// The folder with its links resolved.
    var realFolder: AbsolutePath { Self.real(folder) }

    /// A folder with its links resolved, or as it is written when that is impossible.
    static func real(_ folder: String) -> AbsolutePath {
        let parts = AbsolutePath.split(folder)
        return follow(parts) ?? AbsolutePath(lexically: parts)
    }

    /// The components from the root, `..` still in them; nil for a path that cannot be known.
    func parts(_ path: String) -> [AbsolutePath.Component]? {
        guard path.utf8.count < Self.pathBytesMax, !path.utf8.contains(0) else { return nil }
        let parts = AbsolutePath.split(path)
        switch path.utf8.first {
        case UInt8(ascii: "/"): return parts
        case UInt8(ascii: "~"):
            // `~somebody` is another home, which only the system's list of users could tell.
            guard parts.first == [UInt8(ascii: "~")] else { return nil }
            return AbsolutePath.split(home) + parts.dropFirst()
        default: return AbsolutePath.split(folder) + parts
        }
    }

    /// Walks the components as the kernel does: a link is followed before the `..` after it.
    static func follow(_ parts: some Sequence<AbsolutePath.Component>) -> AbsolutePath? {
        var rest = Array(parts.reversed())
        var done = AbsolutePath()
        var links = 0
        while let part = rest.popLast() {
            guard part != AbsolutePath.here else { continue }
            guard part != AbsolutePath.parent else {
                _ = done.components.popLast()
                continue
            }
            done.components.append(part)
            switch linkTarget(done.text) {
            case .none: continue
            case .unknown: return nil
            case .target(let target):
                links += 1
                guard links <= linksMax else { return nil }
                if target.utf8.first == UInt8(ascii: "/") {
                    done = AbsolutePath()
                } else {
                    done.components.removeLast()
                }
                rest.append(contentsOf: AbsolutePath.split(target).reversed())
            }
        }
        return done
    }

    private enum Link {
        case none
        case unknown
        case target(String)
    }

    private static func linkTarget(_ path: String) -> Link {
        var buffer = [CChar](repeating: 0, count: pathBytesMax)
        let count = readlink(path, &buffer, buffer.count)
        guard count >= 0 else {
            switch errno {
            // Not a link, not there, or below a file: nothing to follow.
            case EINVAL, ENOENT, ENOTDIR: return .none
            default: return .unknown
            }
        }
        guard count < buffer.count else { return .unknown }
        let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
        return String(validating: bytes, as: UTF8.self).map { .target($0) } ?? .unknown
    }
}
