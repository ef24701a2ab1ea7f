// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphAPI
import GlyphHTTP
public import GlyphReading
public import GlyphTokens
public import GlyphTypeset

/// Who reads for the service's clients.
public struct ServedReader: Sendable {
    public var reader: any Reader
    /// The reader's models; the first answers.
    public var models: @Sendable () async throws -> [ModelList.Model]
    /// Whose rule counts visual tokens where a request does not say.
    public var family: ReaderFamily
    /// The pages it reads best, where a request does not say.
    public var preset: Preset

    public init(
        _ reader: any Reader,
        family: ReaderFamily,
        preset: Preset = .default,
        models: @escaping @Sendable () async throws -> [ModelList.Model]
    ) {
        (self.reader, self.family, self.preset, self.models) = (reader, family, preset, models)
    }

    /// The name under which the service itself can always be asked for.
    static let alias = "glyph"

    /// Checks that a request means this reader.
    ///
    /// - Returns: The name to answer with.
    /// - Throws: `ServerFault` with status 404 for another model.
    func check(model: String?) async throws -> String {
        guard let model, model != Self.alias else { return model ?? Self.alias }
        let names = try await models().map(\.id)
        guard names.contains(model) else {
            throw ServerFault(
                404,
                "the model \"\(model.prefix(200))\" is not served here; there is "
                    + ([Self.alias] + names.prefix(20)).map { "\"\($0)\"" }.joined(separator: ", "),
                param: "model",
                code: "model_not_found"
            )
        }
        return model
    }
}

extension Reader {
    /// Reads, but not for ever.
    ///
    /// - Returns: The events; after `seconds` the stream ends with a `ServerFault` of status 504.
    func read(_ request: ReadingRequest, within seconds: Int) -> AsyncThrowingStream<ReadingEvent, any Error> {
        AsyncThrowingStream { continuation in
            let work = Task {
                do {
                    for try await event in read(request) { continuation.yield(event) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            let timer = Task {
                try await Task.sleep(for: .seconds(seconds))
                continuation.finish(
                    throwing: ServerFault(
                        504,
                        "the answer took longer than \(seconds) seconds",
                        code: "reading_timeout"
                    )
                )
            }
            continuation.onTermination = { _ in
                work.cancel()
                timer.cancel()
            }
        }
    }
}
