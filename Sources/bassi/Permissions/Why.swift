import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore

/// `bassi why`: which rule, hook, mode or person decided about a tool call.
struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which rule, hook, mode or person decided about a tool call.",
        discussion: "Without the id of a call all calls of the session are listed, a line each, with their ids.")

    @OptionGroup var target: SessionArgument
    @Argument(help: ArgumentHelp("The call's id.", valueName: "tool-id")) var toolID: String?
    @OptionGroup var place: StoreOptions
    @Flag(help: "For programs.") var json = false

    func run() async throws {
        let id = try target.id
        let store = try await place.openExisting(id).store
        let calls = CallHistory.all(in: try await store.read(id, types: CallHistory.types, limit: .max))
        try await store.close()
        guard let toolID else { return show(calls) }
        guard let call = calls.first(where: { $0.toolID == ToolID(toolID) }) else {
            throw ExitWith.usage("session \(id) has no call '\(toolID)': `bassi why \(id)` lists those that it has")
        }
        Standard.print(json ? Self.document(call).text : Self.text(call))
    }

    private func show(_ calls: [CallHistory]) {
        if json {
            let document: JSONValue = ["calls": .array(calls.map(Self.document))]
            return _ = Standard.print(document.text)
        }
        if calls.isEmpty { return Standard.say("The model asked for no tool in this session.") }
        for call in calls { Standard.print("\(call.toolID)  \(call.toolName)  \(PlainScreen.harmless(call.headline))") }
    }

    private static func text(_ call: CallHistory) -> String {
        let reason = call.decision?.reason.map { ["  \($0)"] } ?? []
        let steps = call.steps.map { "  #\($0.seq)  \($0.text)" }
        let lines = ["\(call.toolName) \(RunView.summary(of: call.input))", call.headline] + reason + steps
        return lines.map(PlainScreen.harmless).joined(separator: "\n")
    }

    private static func document(_ call: CallHistory) -> JSONValue {
        let steps = call.steps.map { step -> JSONValue in
            ["seq": .number(JSONNumber(step.seq.rawValue)), "text": .string(step.text)]
        }
        return [
            "tool_id": .string(call.toolID.rawValue), "tool_name": .string(call.toolName), "tool_input": call.input,
            "decision": .string(call.verdict.rawValue), "decided": call.decision?.jsonValue ?? .null,
            "summary": .string(call.headline), "steps": .array(steps),
        ]
    }
}
