import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import BassiWorkspace
import Foundation

/// A prompt on its way: the pieces that both forms, headless and interactive, put together in the same way.
struct Asking: Sendable {
    let agent: AgentOptions
    let session: SessionOptions
    let output: OutputOptions
    let prompt: String?

    /// Headless or interactive, as the options say.
    func run() async throws {
        if session.listToResume {
            var list = Sessions.List()
            (list.place, list.limit, list.json, list.subagents) = (session.place, 20, false, false)
            try await list.run()
            return Standard.say("To go on with one: bassi --resume SESSION")
        }
        if let attached = session.attach {
            if output.print { return try await headless(attachedTo: attached) }
            return try await interactive(attachedTo: attached)
        }
        if output.print { try await headless() } else { try await interactive() }
    }

    /// A session that is open, and from where on its events are new.
    struct Opened: Sendable {
        let session: AgentSession
        let store: any EventStore
        let since: SequenceNumber
        let model: String
        let retention: Retention
    }

    /// Opens the session that the options name. Everything that can be wrong is found here, before a model is paid.
    func open(canAsk: Bool, streaming: Bool, client: String) async throws -> Opened {
        let folder = try session.folder()
        let workspace = try await workspace(folder, canAsk: canAsk)
        if !output.quiet { for notice in workspace.notices { Standard.say("bassi: \(notice)") } }
        let relay = CancelRelay()
        var choices = try agent.choices(streaming: streaming)
        choices.replayCancelled = { relay.cancel() }
        var configuration = try workspace.agent(choices)
        if !output.quiet {
            let notices = await Confinement.notices(of: configuration, by: workspace.bash(choices))
            for line in notices { Standard.say("bassi: \(line)") }
        }
        configuration.canAsk = canAsk
        configuration.client = client
        if !session.goesOn { _ = try configuration.modelChain() }
        let store = try session.place.open()
        let known = try await knownSession(in: store, folder)
        if let source = known ?? session.fork?.session { try await keepModel(of: source, in: store, &configuration) }
        if let path = agent.record { configuration = try workspace.recording(configuration, to: path) }
        let (opened, since) = try await open(known, configuration, in: store)
        relay.pass(to: opened)
        return Opened(
            session: opened, store: store, since: since, model: configuration.model,
            retention: workspace.settings.retention)
    }

    /// What holds in the folder, once the person at the terminal has said whether it is trusted.
    private func workspace(_ folder: String, canAsk: Bool) async throws -> Workspace {
        let environment = ProcessInfo.processInfo.environment
        let found = try Workspace(folder: folder, environment: environment, trustsFolder: agent.trust)
        guard canAsk, try await TrustDialogue.isTrusted(found.trust) else { return found }
        return try Workspace(folder: folder, environment: environment)
    }

    /// The session, and the last event of it that is not new.
    private func open(
        _ known: SessionID?, _ configuration: AgentConfiguration, in store: any EventStore
    ) async throws -> (AgentSession, since: SequenceNumber) {
        if let known {
            // What recovery writes is new too.
            let since = try await store.head(of: known) ?? .start
            return (try await AgentSession.open(known, configuration, store: store), since)
        }
        let id = session.sessionID.flatMap { SessionID($0) } ?? SessionID()
        if session.sessionID != nil, try await store.head(of: id) != nil {
            throw ExitWith.usage("there is a session \(id) already: --resume goes on with it")
        }
        if let fork = session.fork {
            // What the copy shares is not new.
            let opened = try await AgentSession.fork(fork.session, at: fork.seq, into: id, configuration, store: store)
            let since = try await store.read(id, types: [.sessionForked], limit: 100).last?.seq.previous ?? .start
            return (opened, since)
        }
        return (try await AgentSession.start(configuration, store: store, id: id), .start)
    }

    /// A session goes on with its own model, unless the command line names another.
    private func keepModel(
        of id: SessionID, in store: any EventStore, _ configuration: inout AgentConfiguration
    ) async throws {
        guard agent.model == nil, agent.script == nil, let stored = try await store.session(id),
            let model = try await SessionSummary(of: stored, in: store).model
        else { return }
        configuration.setModel(model)
        do { _ = try configuration.modelChain() } catch let error as ModelNameError {
            throw ExitWith.usage("this session's model cannot be asked: \(error); or choose one with --model")
        }
    }

    /// The session to go on with; nil for a new one.
    private func knownSession(in store: any EventStore, _ folder: String) async throws -> SessionID? {
        if let text = session.resume, let id = SessionID(text) {
            guard try await store.head(of: id) != nil else { throw SessionError.unknownSession(id) }
            return id
        }
        guard session.continues else { return nil }
        guard let latest = try await Self.latest(in: folder, store) else {
            throw ExitWith.usage("there is no session of this folder to go on with")
        }
        return latest
    }

    /// The session of a folder that changed last.
    private static func latest(in folder: String, _ store: any EventStore) async throws -> SessionID? {
        var offset = 0
        while true {
            let page = try await store.sessions(limit: 100, offset: offset)
            if page.isEmpty { return nil }
            for stored in page {
                let first = try await store.read(stored.id, after: .start, where: .all, limit: 1).first
                // A sub-agent's session is gone on with by the one that it works for.
                if case .sessionStarted(let started)? = first?.payload, started.metadata.cwd == folder,
                    started.metadata.parent == nil
                {
                    return stored.id
                }
            }
            offset += page.count
        }
    }
}
