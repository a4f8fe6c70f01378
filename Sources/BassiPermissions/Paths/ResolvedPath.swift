import BassiEvents

/// Where a path of a call leads: found once, before anybody decides about the call. What is decided about is this, and a
/// tool opens this and nothing else.
public struct ResolvedPath: Sendable, Equatable {
    /// The path as the call has it.
    public let path: String
    let places: Places

    /// Resolves a path at this moment.
    public init(_ path: String, in resolver: PathResolver) {
        self.init(path, Places(path, in: resolver))
    }

    /// A path that was resolved before, for a call that runs again after a crash: its place is what the log says.
    public init(_ path: String, place: String, in resolver: PathResolver) {
        let written = Places(path, in: resolver).written
        self.init(path, Places(written: written, real: [AbsolutePath(lexically: AbsolutePath.split(place))]))
    }

    private init(_ path: String, _ places: Places) {
        self.path = path
        self.places = places
    }

    /// The place as the kernel finds it: absolute, without a link. Nil for one that cannot be known: `~somebody`, a
    /// circle of links, a folder that cannot be searched, a NUL, more than 4,096 bytes.
    public var place: String? { places.real.first?.text }

    /// The absolute path as it was written, with `..` dropped; the place itself where a `..` behind a link means another.
    public var written: String? {
        places.real.count > 1 ? place : places.written?.text
    }
}

extension ToolCallRequest {
    /// The same, with each path that it touches resolved at this moment.
    ///
    /// - Parameter known: The places that were found when the call was decided about: these are not looked for again.
    public func resolved(in resolver: PathResolver, as known: [CallPlace] = []) -> ToolCallRequest {
        var copy = self
        copy.resolved = touchedPaths.map { path in
            let place = known.first { $0.path.utf8.elementsEqual(path.utf8) }?.place
            return place.map { ResolvedPath(path, place: $0, in: resolver) } ?? ResolvedPath(path, in: resolver)
        }
        return copy
    }

    /// Where the paths lead that the call touches: as resolved before, else at this moment.
    func places(in resolver: PathResolver) -> [Places] {
        touchedPaths.map { path in
            resolved.first { $0.path.utf8.elementsEqual(path.utf8) }?.places ?? Places(path, in: resolver)
        }
    }
}
