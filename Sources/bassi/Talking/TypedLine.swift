import Foundation

/// What a line means that was typed at the terminal.
enum TypedLine: Equatable {
    case nothing
    case leave
    case help
    /// `/model`; the name is empty where only that was typed.
    case model(String)
    /// A single word that looks like a command and is none: a model could make nothing of it.
    case unknownCommand(String)
    case prompt

    init(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace)
        switch (words.first, words.count) {
        case (nil, _): self = .nothing
        case ("exit", 1), ("quit", 1), ("/exit", 1), ("/quit", 1): self = .leave
        case ("/help", 1): self = .help
        case ("/model", 1): self = .model("")
        case ("/model", 2): self = .model(String(words[1]))
        case (let word?, 1) where word.hasPrefix("/") && !FileManager.default.fileExists(atPath: String(word)):
            self = .unknownCommand(String(word))
        default: self = .prompt
        }
    }

    /// What can be typed, and the keys.
    static let usage = """
          A line is a prompt. While a run goes on it waits for the end of that run.
          /model PROVIDER/MODEL  asks another model from now on
          /help                  shows this
          exit, quit, Ctrl-D     leave, once nothing goes on
          Ctrl-C                 cancels the run; twice leaves at once
          Ctrl-Z                 stops the program; `fg` goes on with it
        """
}
