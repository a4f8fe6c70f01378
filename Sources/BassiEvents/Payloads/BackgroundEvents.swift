/// A background command ended.
public struct BackgroundEnded: EventFields {
    /// The event's type.
    public static let type: StaticString = "background_ended"

    /// The call that started it.
    public let toolID: ToolID
    /// Its exit status; 128 and the number for a signal.
    public let exit: Int
    /// Where its output lies.
    public let outputFile: String?

    /// A value with these members.
    public init(toolID: ToolID, exit: Int, outputFile: String? = nil) {
        self.toolID = toolID
        self.exit = exit
        self.outputFile = outputFile
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("exit", exit)
        fields("output_file", outputFile)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        exit = try fields("exit")
        outputFile = try fields.optional("output_file")
    }
}
