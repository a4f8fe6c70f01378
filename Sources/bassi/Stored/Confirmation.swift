/// A person's yes to what cannot be taken back.
enum Confirmation {
    /// - Throws: ``ExitWith`` when nobody can be asked.
    static func isGiven(_ yes: Bool, to question: String) async throws -> Bool {
        if yes { return true }
        return try await answer(to: question) ?? false
    }

    /// Nil when the terminal was closed without an answer.
    ///
    /// - Throws: ``ExitWith`` when nobody can be asked.
    static func answer(to question: String) async throws -> Bool? {
        guard Standard.isTerminal else { throw ExitWith.usage("nobody can be asked here: add --yes") }
        let dialogue = PermissionDialogue(keyboard: Keyboard(), screen: PlainScreen(noColor: true))
        return await dialogue.yes(question)
    }
}
