import BassiEvents
import Testing

@testable import BassiTools

/// `update_plan`: what becomes of the steps that a model gives.
@Suite struct UpdatePlanTests {
    private func call(_ steps: JSONValue) async throws -> ToolResult {
        let executor = ToolExecutor(ToolRegistry([.updatePlan]))
        let request = try executor.check("t", name: "update_plan", input: ["steps": steps])
        return try await executor.execute(request, context: ToolContext(toolID: "t", folder: "/")).get()
    }

    @Test func `a plan is shown as a line for each step`() async throws {
        let result = try await call([
            ["id": "1", "text": "Look", "status": "completed"], ["id": "2", "text": "Do", "status": "in_progress"],
            ["id": "3", "text": "Tell", "status": "pending"],
        ])
        #expect(result.plan?.planText == "[x] Look\n[>] Do\n[ ] Tell")
        #expect(result.plan?.planSteps.map(\.id) == ["1", "2", "3"])
    }

    @Test(
        arguments: [
            [["id": "1", "text": "Look", "status": "done"]], [["id": "1", "text": "Look"]], [],
            [["id": "1", "text": "a", "status": "pending"], ["id": "1", "text": "b", "status": "pending"]],
        ] as [JSONValue])
    func `what is no plan is refused`(steps: JSONValue) async {
        await #expect(throws: ToolError.self) { try await call(steps) }
    }
}
