extension ModelError.Kind {
    /// What a status alone says, where the body says nothing better.
    init(status: Int) {
        switch status {
        case 401: self = .authentication
        case 402: self = .quotaSpent
        case 403: self = .permission
        case 404: self = .notFound
        case 408, 409, 504: self = .server
        case 413: self = .tooLarge
        case 429: self = .rateLimited
        case 503, 529: self = .overloaded
        case 500...: self = .server
        default: self = .invalidRequest
        }
    }
}
