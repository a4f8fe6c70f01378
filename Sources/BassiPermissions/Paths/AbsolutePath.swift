/// A path from the root as its components, without `.` and `..`.
///
/// Components are bytes: for the file system two spellings of an accented letter are two names.
struct AbsolutePath: Sendable, Hashable {
    typealias Component = [UInt8]

    var components: [Component]

    init(_ components: [Component] = []) { self.components = components }

    /// The path with `.` dropped and `..` taken as "without the component before", as no file system does it when
    /// that component is a link.
    init(lexically parts: some Sequence<Component>) {
        components = []
        for part in parts {
            switch part {
            case Self.here: continue
            case Self.parent: _ = components.popLast()
            default: components.append(part)
            }
        }
    }

    static let here: Component = [UInt8(ascii: ".")]
    static let parent: Component = [UInt8(ascii: "."), UInt8(ascii: ".")]

    /// The parts of a text between its slashes.
    static func split(_ text: some StringProtocol) -> [Component] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }

    /// `/a/b`.
    var text: String {
        "/" + components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// Whether this is `folder` or below it.
    func isInside(_ folder: AbsolutePath) -> Bool { components.starts(with: folder.components) }

    /// The components below `folder`, or nil when this is not inside it.
    func below(_ folder: AbsolutePath) -> [Component]? {
        isInside(folder) ? Array(components.dropFirst(folder.components.count)) : nil
    }
}
