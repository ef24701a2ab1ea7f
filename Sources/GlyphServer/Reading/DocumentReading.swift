// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading

extension ServedReader {
    /// Takes what happens while something is read.
    typealias Emit = (DocumentEvent) -> Void
    /// Reads something, and tells what happens and that a request has to be sent again.
    typealias Work = @Sendable (_ emit: Emit, _ retrying: @escaping RetryNotice) async throws -> Void

    /// Reads a prompt as it is.
    func read(_ request: ReadingRequest, _ emit: Emit) async throws -> DocumentSummary {
        for try await event in reader.read(request) {
            switch event {
            case .text(let piece): emit(.text(piece))
            case .reasoning(let piece): emit(.reasoning(piece))
            case .retrying(let pause, let cause): emit(.retrying(after: pause, because: cause))
            case .finished(let summary): return DocumentSummary(reading: summary)
            }
        }
        throw CancellationError()
    }
}
