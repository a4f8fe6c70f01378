#if DEBUG
    import Foundation
    import Synchronization

    /// Kills the process at the n-th place where a crash could matter: `BASSI_CRASH_AT=n`, in builds for tests only.
    ///
    /// Each transaction has two such places: with everything written and nothing committed, and with everything
    /// committed and nobody told.
    enum CrashPoint {
        private static let place = ProcessInfo.processInfo.environment["BASSI_CRASH_AT"].flatMap { Int($0) }
        private static let passed = Mutex(0)

        static func pass() {
            guard let place else { return }
            let count = passed.withLock { count in
                count += 1
                return count
            }
            if count == place { kill(getpid(), SIGKILL) }
        }
    }
#else
    enum CrashPoint {
        @inline(__always) static func pass() {}
    }
#endif
