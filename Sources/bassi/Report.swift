import ArgumentParser
import BassiModels
import BassiPermissions
import BassiSession
import BassiStore
import BassiTools
import BassiWorkspace

/// What the person reads of an error, and the exit code: the one place where both are decided.
struct Report {
    let text: String
    let code: Int32

    /// Wrong before anything ran is 2, anything that could not be used or failed is 1.
    init(of error: any Error) {
        switch error {
        case let exit as ExitWith: (text, code) = (exit.text, exit.code)
        case is ModelNameError, is SettingsError, is RuleError, is UnknownTool, is RecordingError:
            (text, code) = ("bassi: \(error)", 2)
        case SessionError.unknownSession, SessionError.unknownPrice, SessionError.emptyPrompt, SessionError.notOwned,
            StoreError.noSuchPosition:
            (text, code) = ("bassi: \(error)", 2)
        case is StoreError, is Home.Failure, is TrustDecisions.Failure, is SessionError, is ModelError,
            is ToolError, is BlobError:
            (text, code) = ("bassi: \(error)", 1)
        case is CancellationError: (text, code) = ("", 130)
        default:
            let parsed = Bassi.exitCode(for: error)
            text = Bassi.fullMessage(for: error)
            code = parsed == .validationFailure ? 2 : parsed.rawValue
        }
    }
}

/// An end of the program with a code of its own.
struct ExitWith: Error {
    let code: Int32
    let text: String

    init(_ code: Int32, _ text: String = "") {
        self.code = code
        self.text = text
    }

    /// Wrong usage, in one sentence.
    static func usage(_ text: String) -> ExitWith { ExitWith(2, "bassi: \(text)") }
}
