/// The built-in tools that rules know by the names people use.
enum BuiltInTool: String, CaseIterable {
    case bash
    case readFile = "read_file"
    case listFiles = "list_files"
    case writeFile = "write_file"
    case editFile = "edit_file"
    case findFiles = "find_files"
    case searchFiles = "search_files"
    case webFetch = "web_fetch"
    case task
    case updatePlan = "update_plan"
    case askUser = "ask_user"

    /// The tools that a name in a rule stands for: `Read`, `read_file`, …; nil for a name that is not built in.
    ///
    /// Case does not matter: a deny rule that holds nothing because of a capital letter would be a trap.
    static func named(_ name: String) -> [BuiltInTool]? {
        switch name.lowercased() {
        case "bash": [.bash]
        case "read": [.readFile, .listFiles]
        case "edit", "write": [.writeFile, .editFile]
        case "glob": [.findFiles]
        case "grep": [.searchFiles]
        case "webfetch": [.webFetch]
        case let wireName: BuiltInTool(rawValue: wireName).map { [$0] }
        }
    }

    /// The tools that a deny or ask rule for this name holds as well, because they show what is in a file.
    static func alsoRestricted(by name: String) -> [BuiltInTool] {
        name.lowercased() == "read" ? [.findFiles, .searchFiles, .editFile] : []
    }

    /// Whether the input has a `path`, and an absent one is the session's folder.
    var takesPath: Bool {
        switch self {
        case .readFile, .listFiles, .writeFile, .editFile, .findFiles, .searchFiles: true
        case .bash, .webFetch, .task, .updatePlan, .askUser: false
        }
    }

    /// The name that suggested rules use.
    var ruleName: String {
        switch self {
        case .bash: "Bash"
        case .readFile, .listFiles: "Read"
        case .writeFile, .editFile: "Edit"
        case .findFiles: "Glob"
        case .searchFiles: "Grep"
        case .webFetch: "WebFetch"
        case .task: "Task"
        case .updatePlan, .askUser: rawValue
        }
    }
}
