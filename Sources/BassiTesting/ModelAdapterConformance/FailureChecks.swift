#if Network
    import BassiEvents
    import BassiModels

    extension ModelAdapterConformance {
        static let failureChecks: [Check] = [
            Check("an error's status has its kind, and its words come through") { subject in
                for (status, kind) in kinds {
                    let type = type(of: status, over: subject.wire)
                    let error = try await error(subject, .status(status, type: type, message: "So it is."))
                    try require(error.kind == kind, subject, "\(status) is \(error.kind), not \(kind)")
                    try require(error.status == status, subject, "\(status) has the status \(error.status ?? 0)")
                    try require(error.message.contains("So it is."), subject, "\(status) says '\(error.message)'")
                    let isRetryable = ![400, 401, 403, 404, 413].contains(status)
                    try require(error.isRetryable == isRetryable, subject, "\(status) has the wrong say on a retry")
                }
            },
            Check("spent quota is told from a limit of the rate") { subject in
                let type = subject.wire == .anthropic ? "billing_error" : "insufficient_quota"
                let error = try await error(subject, .status(429, type: type, message: "Pay."))
                try require(error.kind == .quotaSpent && !error.isRetryable, subject, "spent quota is \(error.kind)")
            },
            Check("how long to wait is read in seconds, in milliseconds and as a date") { subject in
                let type = type(of: 429, over: subject.wire)
                let waits: [(String, (Duration) -> Bool)] = [
                    ("7", { $0 == .seconds(7) }), ("1500ms", { $0 == .milliseconds(1500) }),
                    ("Fri, 31 Dec 2100 23:59:59 GMT", { $0 > .seconds(86_400) }),
                    ("Sun, 06 Nov 1994 08:49:37 GMT", { $0 == .zero }),
                ]
                for (text, isRight) in waits {
                    let failure = ScriptedFailure.status(429, type: type, message: "Slow.", retryAfter: text)
                    let wait = try await error(subject, failure).retryAfter
                    try require(
                        wait.map(isRight) ?? false, subject, "'\(text)' was read as \(String(describing: wait))")
                }
            },
            Check("an error in the middle of the stream ends it with its kind") { subject in
                let (type, kind): (String, ModelError.Kind) =
                    subject.wire == .anthropic
                    ? ("overloaded_error", .overloaded) : ("rate_limit_exceeded", .rateLimited)
                for pieces in [0, 2] {
                    let heard = try await heard(
                        subject,
                        ScriptedAnswer(
                            text: "One two three.",
                            failure: .errorEvent(type: type, message: "Full.", afterPieces: pieces)))
                    let error = heard.error as? ModelError
                    try require(
                        error?.kind == kind && error?.message.contains("Full.") == true, subject,
                        "it ended with \(String(describing: heard.error))")
                    try require(heard.streamedText == (pieces == 0 ? "" : "One two"), subject, "it said \(heard.parts)")
                    try require(heard.disorder == nil && heard.ending == nil, subject, "its parts are \(heard.parts)")
                }
            },
            Check("no error has the key in it") { subject in
                for (status, _) in kinds {
                    let failure = ScriptedFailure.status(
                        status, type: type(of: status, over: subject.wire), message: "The key \(key) is wrong.")
                    try requireNoKey(subject, try await error(subject, failure))
                }
                let type = subject.wire == .anthropic ? "api_error" : "server_error"
                let late = ScriptedFailure.errorEvent(type: type, message: "Not \(key).", afterPieces: 1)
                try requireNoKey(subject, try await error(subject, late))
            },
        ]

        static let kinds: [(Int, ModelError.Kind)] = [
            (400, .invalidRequest), (401, .authentication), (403, .permission), (404, .notFound), (408, .server),
            (409, .server), (413, .tooLarge), (429, .rateLimited), (500, .server), (502, .server), (503, .overloaded),
            (529, .overloaded),
        ]

        /// The word that the service has for a status.
        private static func type(of status: Int, over wire: Wire) -> String {
            guard wire == .anthropic else {
                return switch status {
                case 429: "rate_limit_exceeded"
                case 500...: "server_error"
                default: "invalid_request_error"
                }
            }
            return switch status {
            case 401: "authentication_error"
            case 403: "permission_error"
            case 404: "not_found_error"
            case 408: "timeout_error"
            case 409: "conflict_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 503, 529: "overloaded_error"
            case 500...: "api_error"
            default: "invalid_request_error"
            }
        }

        /// The error that an adapter throws for an answer that fails.
        private static func error(_ subject: Subject, _ failure: ScriptedFailure) async throws -> ModelError {
            let heard = try await heard(subject, ScriptedAnswer(text: "One two three.", failure: failure))
            guard let error = heard.error as? ModelError else {
                throw ConformanceFailure(
                    "\(subject): \(failure) ended with \(String(describing: heard.error)), not with a ModelError")
            }
            return error
        }

        private static func requireNoKey(_ subject: Subject, _ error: ModelError) throws {
            let texts = [error.message, "\(error)", String(reflecting: error)]
            try require(!texts.contains { $0.contains(key) }, subject, "the key is in '\(error)'")
        }
    }
#endif
