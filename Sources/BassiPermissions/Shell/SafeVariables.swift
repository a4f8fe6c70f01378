/// Variables that a script may set without changing what its commands do.
///
/// A list of dangerous names would never be complete: `PATH` and `LD_PRELOAD` are on everybody's, and what of
/// `PYTHONSTARTUP`, `RUSTC_WRAPPER`, `NODE_OPTIONS`? So the harmless ones are listed, and small letters, which are a
/// script's own by custom.
enum SafeVariables {
    /// Whether setting it is harmless.
    static func contains(_ name: String) -> Bool {
        if known.contains(name) || name.hasPrefix("LC_") && name.dropFirst(3).allSatisfy(\.isLetter) { return true }
        let bytes = name.utf8
        guard let first = bytes.first, first.isNameStart, bytes.allSatisfy(\.isNamePart),
            !bytes.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return false }
        // Small letters that programs look at all the same.
        return !name.hasSuffix("proxy") && !name.hasPrefix("npm_") && !name.hasPrefix("_")
            && !["histchars", "auto_resume", "prefix", "path", "fpath", "cdpath"].contains(name)
    }

    private static let known: Set<String> = [
        "LANG", "LANGUAGE", "TZ", "CI", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE",
        "COLUMNS", "LINES", "RUST_BACKTRACE", "RUST_LOG", "NODE_ENV", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
        "CARGO_TERM_COLOR", "PIP_NO_INPUT", "DEBIAN_FRONTEND", "REPLY", "VERBOSE", "DEBUG", "GOOS", "GOARCH",
        "SWIFT_DETERMINISTIC_HASHING", "CGO_ENABLED", "HUSKY_SKIP_INSTALL",
    ]
}
