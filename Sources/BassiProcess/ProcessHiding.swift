import CBassiProcess

/// What others of the same user can see of this process.
public enum ProcessHiding {
    /// From now on no other process of the same user can read its memory or its environment, or trace it; neither can a
    /// debugger, and it leaves no core. Children that execute another program are not hidden.
    public static func hideThisProcess() { bassi_hide_process() }
}
