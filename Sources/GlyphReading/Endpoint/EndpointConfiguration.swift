// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension EndpointReader {
    /// How to reach a reader.
    public struct Configuration: Sendable {
        public var endpoint: Endpoint
        /// What is on the way to it; `Proxy.leading(to:environment:)` finds the one that the environment names.
        public var proxy: Proxy?
        public var key: APIKey?
        /// The model's name; nil asks the server, which must then offer exactly one.
        public var model: String?
        public var timeouts: Timeouts
        public var retries: RetryPolicy

        public init(
            endpoint: Endpoint,
            proxy: Proxy? = nil,
            key: APIKey? = nil,
            model: String? = nil,
            timeouts: Timeouts = Timeouts(),
            retries: RetryPolicy
        ) {
            self.endpoint = endpoint
            self.proxy = proxy
            self.key = key
            self.model = model
            self.timeouts = timeouts
            self.retries = retries
        }
    }

    /// How long to wait for what.
    public struct Timeouts: Sendable, Equatable {
        /// For a connection, TLS included.
        public var connect: Duration
        /// From sending a request to the first piece of its answer; reading a long document happens here.
        ///
        /// Some servers send an empty first event at once, so events without text do not count.
        public var firstToken: Duration
        /// Between any two arrivals after the first piece.
        public var idle: Duration

        public init(
            connect: Duration = .seconds(10),
            firstToken: Duration = .seconds(600),
            idle: Duration = .seconds(120)
        ) {
            self.connect = connect
            self.firstToken = firstToken
            self.idle = idle
        }
    }
}
