extension Tool where Self == BashTool {
    /// Runs a command in a shell.
    public static var bash: BashTool { BashTool() }
}
extension Tool where Self == ReadFileTool {
    /// Reads a file.
    public static var readFile: ReadFileTool { ReadFileTool() }
}
extension Tool where Self == WriteFileTool {
    /// Writes a whole file.
    public static var writeFile: WriteFileTool { WriteFileTool() }
}
extension Tool where Self == EditFileTool {
    /// Replaces a text in a file.
    public static var editFile: EditFileTool { EditFileTool() }
}
extension Tool where Self == ListFilesTool {
    /// Lists a folder.
    public static var listFiles: ListFilesTool { ListFilesTool() }
}
extension Tool where Self == FindFilesTool {
    /// Finds files by a glob.
    public static var findFiles: FindFilesTool { FindFilesTool() }
}
extension Tool where Self == SearchFilesTool {
    /// Searches files for a regular expression.
    public static var searchFiles: SearchFilesTool { SearchFilesTool() }
}

extension ToolRegistry {
    /// All the tools that come with Bassi.
    public static let builtIn = ToolRegistry([
        .readFile, .listFiles, .findFiles, .searchFiles, .editFile, .writeFile, .bash, .bashOutput, .bashKill,
        .updatePlan, .askUser,
    ])
}
