import Foundation

extension ProcessCommand {
    /// What lies beside the places that are put right when the command ends, under the names that such things get then:
    /// what is new afterwards came into being in such a place and was moved out of it.
    ///
    /// Empty for a command that is not confined.
    public var movedAside: Set<String> {
        let names = guards.filter { !$0.isHeld }.flatMap { one in (0...9).map { "\(one.path).blocked-\($0)" } }
        return Set(names.filter { FileLook($0) != .missing })
    }
}
