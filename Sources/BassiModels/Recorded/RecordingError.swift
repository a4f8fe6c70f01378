/// Why a recording cannot be written or played back.
public enum RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is something at the place where a recording was to be made.
    case exists(path: String)
    /// Another recording is being written there.
    case inUse(path: String)
    /// The file cannot be made, read or written.
    case unusable(path: String, reason: String)
    /// There is no such file.
    case missing(path: String)
    /// The file is no recording.
    case noRecording(path: String)
    /// Another version of the form.
    case version(path: String, found: String)
    /// A line in it is not what it should be.
    case broken(path: String, line: Int, problem: String)
    /// Its last line has no end.
    case truncated(path: String, line: Int)
    /// Nothing was recorded.
    case empty(path: String)

    /// One sentence with the next step.
    public var description: String {
        switch self {
        case .exists(let path):
            "'\(path)' exists already and was left untouched: name a new file for the recording, or remove that one"
        case .inUse(let path): "another recording is being written to '\(path)': name another file"
        case .unusable(let path, let reason): "the recording '\(path)' cannot be used (\(reason)): name another file"
        case .missing(let path): "there is no recording '\(path)': make one with --record \(path)"
        case .noRecording(let path): "'\(path)' is no recording of Bassi: make one with --record FILE"
        case .version(let path, let found):
            "the recording '\(path)' has version \(found), and this program reads \(Recording.version): record it again"
        case .broken(let path, let line, let problem):
            "line \(line) of the recording '\(path)' is damaged: \(problem); record it again"
        case .truncated(let path, let line):
            "the recording '\(path)' breaks off inside line \(line): remove that line to play back what is before it"
        case .empty(let path): "nothing was recorded in '\(path)': the model was never asked"
        }
    }
}
