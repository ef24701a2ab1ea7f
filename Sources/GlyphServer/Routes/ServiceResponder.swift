// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset
import HTTPTypes
import HummingbirdCore

/// Answers one HTTP request after the other; the routes are few enough for a table.
final class ServiceResponder: Sendable {
    let served: ServedReader?
    let limits: ServiceLimits
    let pages: PageMaker
    let readings: PlaceQueue
    private let memory: MemoryGuard
    let metrics = ServiceMetrics()
    /// What is kept; nil where nothing is.
    let store: ServiceStore?
    let jobs: JobRunner?
    /// Jobs that are read for clients that wait.
    let attached: AttachedJobs?
    private let gate: Gate
    private let assets: PageAssets

    init(
        _ served: ServedReader?,
        _ gate: Gate,
        _ assets: PageAssets,
        _ store: ServiceStore?,
        _ limits: ServiceLimits
    ) {
        (self.served, self.gate, self.assets, self.limits) = (served, gate, assets, limits)
        self.store = store
        jobs = store.map(JobRunner.init)
        attached = store.map(AttachedJobs.init)
        memory = MemoryGuard(spare: limits.spareMemoryBytes)
        pages = PageMaker(limits, memory)
        readings = PlaceQueue(
            places: limits.readings,
            waiting: limits.waitingReadings,
            pulse: limits.keepAliveSeconds
        )
    }

    /// Nothing from elsewhere, nothing inline, in no frame: text of documents and answers cannot become a program.
    private static let security: HTTPFields = {
        var fields = plainSecurity
        for (name, value) in [("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin")] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    private static let plainSecurity: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
            + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
        .cacheControl: "no-store",
    ]

    /// Answers a request.
    ///
    /// - Throws: What writing to the connection throws; every other fault is answered.
    func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
        let path = request.head.path.map { String($0.prefix { $0 != "?" }) } ?? "/"
        let asset = assets[path]
        let found = asset == nil || path == Route.contract.rawValue ? Route.find(path) : (Route.page, "")
        var common = Self.security
        // A request whose sender is watched uses up its connection.
        if request.method == .post || request.method == .put { common[.connection] = "close" }
        let isHead = request.method == .head
        let exchange = HTTPExchange(writer, common: common, isHead: isHead) { [metrics] status in
            metrics.count(route: found?.route.rawValue ?? "other", status: status)
        }
        do {
            try RequestBytes.checkSingleHost(request)
            try gate.checkOrigin(request)
            guard let (route, name) = found else {
                throw ServerFault(404, "there is no \(path.prefix(200)) here; docs/service.md lists the routes")
            }
            if !route.isOpen { try gate.checkToken(request) }
            try RequestBytes.checkMethod(request, of: path, route.methods)
            switch route {
            case .page, .contract:
                if let asset { try await send(asset, request, exchange) }
            case .health:
                try await exchange.send(200, Array(#"{"status":"ok"}"#.utf8))
            case .metrics:
                let text = metrics.text(readings: readings.load, renderings: pages.load)
                try await exchange.send(200, Array(text.utf8), type: PrometheusText.contentType)
            case .models:
                try await exchange.send(json: try await modelList())
            case .model:
                try await exchange.send(json: try await modelList().model(named: name))
            case .options:
                try await exchange.send(json: try options())
            case .count: try await handle(request, exchange, count)
            case .render: try await handle(request, exchange, render)
            case .ask: try await handle(request, exchange, ask)
            case .chat: try await handle(request, exchange, chat)
            case .files, .file, .fileContent, .jobs, .job, .jobPages, .jobCancel, .jobResume, .templates,
                .template:
                try await respondFromStorage(route, name, request, exchange)
            }
        } catch is CancellationError {
            // The client has left; nobody reads an answer.
            throw CancellationError()
        } catch {
            try await exchange.fail(ServerFault(service: error))
        }
    }

    /// Answers a request about what the service keeps.
    private func respondFromStorage(
        _ route: Route,
        _ name: String,
        _ request: Request,
        _ exchange: HTTPExchange
    ) async throws {
        let target = request.head.path
        switch (route, request.method) {
        case (.files, .post):
            let contentType = request.headers[.contentType] ?? ""
            try await handle(request, exchange, type: "multipart/form-data") {
                try await self.addFile($0, contentType, $1)
            }
        case (.files, _): try await listFiles(target, exchange)
        case (.file, .delete): try await deleteFile(name, exchange)
        case (.file, _): try await getFile(name, exchange)
        case (.fileContent, _): try await fileContent(name, exchange)
        case (.jobs, .post): try await handle(request, exchange, addJob)
        case (.jobs, _): try await listJobs(target, exchange)
        case (.job, .delete): try await deleteJob(name, exchange)
        case (.job, _): try await getJob(name, exchange)
        case (.jobPages, _): try await jobPages(name, exchange)
        case (.jobCancel, _): try await cancelJob(name, exchange)
        case (.jobResume, _): try await resumeJob(name, exchange)
        case (.template, .put):
            try await handle(request, exchange) { try await self.putTemplate(name, $0, $1) }
        case (.template, .delete): try await deleteTemplate(name, exchange)
        case (.template, _): try await getTemplate(name, exchange)
        default: try await listTemplates(exchange)
        }
    }

    /// Reads a body and handles it for as long as its sender is there.
    private func handle(
        _ request: Request,
        _ exchange: HTTPExchange,
        type: String = "application/json",
        _ handler: @escaping @Sendable ([UInt8], HTTPExchange) async throws -> Void
    ) async throws {
        try RequestBytes.check(request, type: type, limit: limits.bodyBytes)
        // A body whose length is not told is bounded like all others, and counted as nothing.
        let length = request.headers[.contentLength].flatMap(Int.init) ?? 0
        let need = max(0, length) * limits.memoryPerBodyByte
        let bytes = try await memory.with(need) {
            try await exchange.continueIfExpected(request)
            return try await RequestBytes.collect(request.body, limit: limits.bodyBytes)
        }
        // A fault is answered inside, where the client's leaving is still noticed.
        try await RequestBytes.whileSenderWaits(of: request) {
            do {
                try await handler(bytes, exchange)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try await exchange.fail(ServerFault(service: error))
            }
        }
    }

    private func send(_ asset: PageAssets.Asset, _ request: Request, _ exchange: HTTPExchange) async throws {
        let fields: HTTPFields = [.cacheControl: "no-cache", .eTag: asset.tag]
        if request.headers[.ifNoneMatch] == asset.tag {
            try await exchange.send(304, [], type: asset.type, fields: fields)
        } else {
            try await exchange.send(200, asset.bytes, type: asset.type, fields: fields)
        }
    }

    private func modelList() async throws -> ModelList {
        guard let served else { return ModelList(data: []) }
        let models = try await served.models()
        let alias = ModelList.Model(id: ServedReader.alias, maxModelLength: models.first?.maxModelLength)
        return ModelList(data: models + [alias])
    }

    // MARK: - What the page offers

    private struct Options: Encodable {
        struct Choice: Encodable {
            var name: String
            var summary: String
        }

        struct Task: Encodable {
            var name: String
            var summary: String
            /// Whether it wants a question: `required`, `optional` or `none`.
            var question: String
        }

        var canAsk: Bool
        /// Whether there are jobs, uploads and templates.
        var canKeep: Bool
        /// Who reads text to compare with, if anybody does.
        var comparesWith: String?
        var preset: String
        var reader: String
        /// What a reader with a card takes; nothing for others.
        var card: CardOffer?
        var presets: [Choice]
        var readers: [Choice]
        var tasks: [Task]
        var pages: Int
        var bytes: Int

        enum CodingKeys: String, CodingKey {
            case preset, reader, card, presets, readers, tasks, pages, bytes
            case canAsk = "can_ask"
            case canKeep = "can_keep"
            case comparesWith = "compares_with"
        }
    }

    private func options() throws -> Options {
        Options(
            canAsk: served != nil,
            canKeep: store != nil,
            comparesWith: served?.textReader?.name,
            preset: fallback.preset.rawValue,
            reader: fallback.family.name,
            card: try served?.cardOffer,
            presets: Preset.allCases.map { .init(name: $0.rawValue, summary: $0.summary) },
            readers: ReaderFamily.all.map { .init(name: $0.name, summary: $0.provenance.rawValue) },
            tasks: try TaskLibrary.all(.english).map {
                .init(name: $0.name, summary: $0.title, question: $0.question.rawValue)
            },
            pages: limits.pages,
            bytes: limits.bodyBytes
        )
    }

    /// What holds where a request does not say.
    var fallback: (preset: Preset, family: ReaderFamily) {
        (served?.preset ?? .default, served?.family ?? ReaderFamily.all[0])
    }

    /// The reader.
    ///
    /// - Throws: `ServerFault` with status 503 where there is none.
    func reader() throws -> ServedReader {
        guard let served else {
            throw ServerFault(
                503,
                "no reader is configured; start glyph serve with --endpoint or --model",
                code: "no_reader"
            )
        }
        return served
    }
}
