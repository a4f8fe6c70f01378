/// The places that one path of a call can mean.
///
/// The kernel follows a link before the `..` behind it; many programs drop both first. A call is allowed only if it
/// is allowed either way, and restricted if it is restricted in any.
struct Places: Sendable, Equatable {
    /// As written, with `..` dropped and no link followed.
    let written: AbsolutePath?
    /// With links followed: as the kernel does it, and after dropping `..`. Empty when that is unknown.
    let real: [AbsolutePath]

    init(written: AbsolutePath?, real: [AbsolutePath]) {
        self.written = written
        self.real = real
    }

    init(_ path: String, in resolver: PathResolver) {
        guard let parts = resolver.parts(path) else {
            written = nil
            real = []
            return
        }
        let lexical = AbsolutePath(lexically: parts)
        written = lexical
        guard parts.contains(AbsolutePath.parent) else {
            real = PathResolver.follow(parts).map { [$0] } ?? []
            return
        }
        guard let kernel = PathResolver.follow(parts), let other = PathResolver.follow(lexical.components) else {
            real = []
            return
        }
        real = kernel == other ? [kernel] : [kernel, other]
    }

    /// Whether it is known where the path leads.
    var isKnown: Bool { !real.isEmpty }

    /// All of them, for rules that restrict.
    var all: [AbsolutePath] { real + (written.map { [$0] } ?? []) }
}
