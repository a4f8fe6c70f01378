#if Network
    import NIOCore
    import NIOHTTP1

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// One connection of a client: reads its requests and plays the answers, one after the other.
    struct ServerConnection {
        typealias HTTPChannel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
        typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

        /// Requests that a client may send ahead of their answers.
        static let pipelinedRequestsMax = 16

        /// A request that is whole, and whether its client wants the connection kept.
        struct Arrival: Sendable {
            let request: RecordedRequest
            let keepsAlive: Bool
        }

        private enum Outcome { case whole, closed, left }

        private let channel: HTTPChannel
        private let desk: ServerDesk
        private let bodyBytesMax: Int

        init(_ channel: HTTPChannel, _ desk: ServerDesk) {
            self.channel = channel
            self.desk = desk
            bodyBytesMax = desk.look { $0.service.options.bodyBytesMax }
        }

        /// The pipeline of a new connection. It has no handler that holds back reading while an answer is written:
        /// only who reads sees that the client leaves.
        static func channel(wrapping channel: any Channel) throws -> HTTPChannel {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
            return try HTTPChannel(wrappingChannelSynchronously: channel)
        }

        /// Serves until the client or the server leaves. A connection that breaks is nobody's error.
        func serve() async {
            try? await channel.executeThenClose { inbound, outbound in
                let (arrivals, feed) = AsyncStream.makeStream(
                    of: Arrival.self, bufferingPolicy: .bufferingOldest(Self.pipelinedRequestsMax))
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await read(inbound, into: feed) }
                    group.addTask { await answer(arrivals, outbound) }
                    // Whichever ends first, the other one has nothing left to do.
                    await group.next()
                    group.cancelAll()
                }
            }
        }

        /// Returns when the client leaves, or sends too far ahead.
        private func read(
            _ inbound: NIOAsyncChannelInboundStream<HTTPServerRequestPart>, into feed: AsyncStream<Arrival>.Continuation
        ) async {
            var assembly: RequestAssembly?
            do {
                for try await part in inbound {
                    switch part {
                    case .head(let head): assembly = RequestAssembly(head: head, bodyBytesMax: bodyBytesMax)
                    case .body(let buffer): assembly?.append(buffer)
                    case .end:
                        guard let arrival = assembly?.arrival else { return }
                        guard case .enqueued = feed.yield(arrival) else { return }
                    }
                }
            } catch { return }
        }

        /// Returns when the connection is to be closed, or is.
        private func answer(_ arrivals: AsyncStream<Arrival>, _ outbound: Outbound) async {
            for await arrival in arrivals {
                let reply = desk.reply(to: arrival.request)
                switch await play(reply, keepsAlive: arrival.keepsAlive, to: outbound) {
                case .whole where arrival.keepsAlive: continue
                case .whole, .closed: return
                case .left: return desk.clientLeft()
                }
            }
        }

        private func play(_ reply: ServerReply, keepsAlive: Bool, to outbound: Outbound) async -> Outcome {
            do {
                try await outbound.write(.head(reply.head(keepsAlive: keepsAlive)))
                for (index, step) in reply.steps.enumerated() {
                    let isLast = index == reply.steps.count - 1 && reply.ending == .clean
                    switch step {
                    case .pause(let milliseconds): try await ContinuousClock().sleep(for: .milliseconds(milliseconds))
                    case .bytes(let bytes) where isLast: return await writeLast(bytes, to: outbound)
                    case .bytes(let bytes): try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
                    }
                }
                return try await end(reply.ending, outbound)
            } catch { return .left }
        }

        /// Whoever has the last byte may leave: after this the answer is whole, whatever the client does.
        private func writeLast(_ bytes: [UInt8], to outbound: Outbound) async -> Outcome {
            let parts: [HTTPServerResponsePart] = [.body(.byteBuffer(ByteBuffer(bytes: bytes))), .end(nil)]
            do { try await outbound.write(contentsOf: parts) } catch { return .closed }
            return .whole
        }

        private func end(_ ending: ServerReply.Ending, _ outbound: Outbound) async throws -> Outcome {
            switch ending {
            case .clean:
                try await outbound.write(.end(nil))
                return .whole
            case .reset:
                // With a linger of no seconds, closing drops what is unsent and sends RST.
                let provider = channel.channel as? any SocketOptionProvider
                try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                try await channel.channel.close()
                return .closed
            case .stall:
                while true { try await ContinuousClock().sleep(for: .seconds(3600)) }
            }
        }
    }

    /// The parts of one request, as they arrive.
    private struct RequestAssembly {
        let head: HTTPRequestHead
        let bodyBytesMax: Int
        var body: [UInt8] = []

        init(head: HTTPRequestHead, bodyBytesMax: Int) {
            self.head = head
            self.bodyBytesMax = bodyBytesMax
        }

        /// One byte more than allowed is kept, so that the service sees that it was too much.
        mutating func append(_ buffer: ByteBuffer) {
            body.append(contentsOf: buffer.readableBytesView.prefix(max(0, bodyBytesMax + 1 - body.count)))
        }

        var arrival: ServerConnection.Arrival {
            let headers = head.headers.map { HeaderField($0.name, $0.value) }
            let request = RecordedRequest(
                method: head.method.rawValue, path: head.uri, headers: headers, bodyBytes: body)
            return .init(request: request, keepsAlive: head.isKeepAlive)
        }
    }

    extension ServerReply {
        fileprivate func head(keepsAlive: Bool) -> HTTPResponseHead {
            var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
            if !keepsAlive { fields.add(name: "connection", value: "close") }
            return HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)
        }
    }
#endif
