/// The version of this build, in one place.
public enum BassiVersion {
    /// As `bassi --version` prints it.
    public static let current = "0.1.0"
}
