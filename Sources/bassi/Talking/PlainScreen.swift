import Foundation

/// A terminal that text is only ever appended to: for every terminal, and for screen readers.
struct PlainScreen: Sendable {
    private let hasColour: Bool

    init(noColor: Bool, environment: [String: String] = ProcessInfo.processInfo.environment) {
        hasColour = !noColor && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// Of the window.
    struct Size: Sendable {
        let columns: Int
        let rows: Int
    }

    /// How large the window is now; what nobody knows is taken as usual.
    var size: Size {
        var window = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 && window.ws_row > 0
        return isKnown
            ? Size(columns: max(20, Int(window.ws_col)), rows: Int(window.ws_row)) : Size(columns: 80, rows: 50)
    }

    func write(_ text: String) { Standard.write(Array(Self.harmless(text).utf8)) }

    func line(_ text: String) { write(text + "\n") }

    /// A line that stands back.
    func dim(_ text: String) {
        guard hasColour else { return line(text) }
        Standard.write(Array("\u{1B}[2m".utf8))
        write(text)
        Standard.write(Array("\u{1B}[0m\n".utf8))
    }

    /// What a model or a tool says must not move the cursor, change colours or answer for the person: control
    /// characters are shown as marks, invisible and direction characters too.
    static func harmless(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x09: shown.append(scalar)
            case 0x00...0x1F: shown.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F...0x9F: shown.append("\u{FFFD}")
            default:
                switch scalar.properties.generalCategory {
                case .format, .lineSeparator, .paragraphSeparator: shown.append("\u{FFFD}")
                default: shown.append(scalar)
                }
            }
        }
        return String(shown)
    }
}
