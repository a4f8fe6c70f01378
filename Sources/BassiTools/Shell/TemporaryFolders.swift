import BassiProcess
import Synchronization

/// What commands find at `/tmp`: one folder for each folder that sessions work in, so that a file written there by one
/// command is there for the next.
enum TemporaryFolders {
    private static let made = Mutex<[String: TemporaryFolder]>([:])

    /// Nil where none can be made: then each command has an empty one.
    static func path(for folder: String) -> String? {
        made.withLock { made in
            if let known = made[folder] { return known.path }
            let new = try? TemporaryFolder()
            made[folder] = new
            return new?.path
        }
    }

    static func removeAll() { made.withLock { $0 = [:] } }
}
