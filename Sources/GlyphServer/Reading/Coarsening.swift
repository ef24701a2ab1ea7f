// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphReading

extension ReadingError {
    /// Whether the reader says that it has too little memory for what it was shown.
    ///
    /// There is no status for it. CUDA, vLLM, SGLang and llama.cpp write "out of memory"; `glyph-engine` has a code.
    var isOutOfMemory: Bool {
        switch kind {
        case .serverFailure, .badRequest, .failedMidway, .engineFailure, .tooLarge:
            if report?.code == "memory_budget_exceeded" { return true }
            // An engine of our own that died, and servers of another shape, left words and nothing else.
            let words = report.map { "\($0.message) \($0.type ?? "") \($0.code ?? "")" } ?? problem
            return ["out of memory", "outofmemory"].contains { words.lowercased().contains($0) }
        default: return false
        }
    }
}

extension AsyncThrowingStream where Element == DocumentEvent, Failure == any Error {
    /// Reads, and as long as the reader has too little memory and has said nothing yet, draws coarser and reads again.
    ///
    /// - Parameters:
    ///   - first: What is read first.
    ///   - read: Reads it; tells what happens, up to `finished`, and from wherever it reads that it tries again.
    ///   - redraw: Draws it coarser and tells what is read then.
    /// - Returns: What happens. It ends with the reader's error if `redraw` throws `Look.NothingCoarser`.
    static func coarsening<Subject: Sendable>(
        _ first: Subject,
        read: @escaping @Sendable (Subject, ServedReader.Emit, @escaping RetryNotice) async throws -> Void,
        redraw: @escaping @Sendable (Subject) async throws -> (Subject, Redrawing)
    ) -> Self {
        of { emit, retrying in
            var subject = first
            while true {
                var hasSpoken = false
                do {
                    func pass(_ event: DocumentEvent) {
                        switch event {
                        case .text, .reasoning: hasSpoken = true
                        default: break
                        }
                        emit(event)
                    }
                    return try await read(subject, pass, retrying)
                } catch let fault as ReadingError where fault.isOutOfMemory && !hasSpoken {
                    do {
                        let (coarser, redrawing) = try await redraw(subject)
                        subject = coarser
                        emit(.redrawn(redrawing))
                    } catch is Look.NothingCoarser {
                        throw fault
                    }
                }
            }
        }
    }
}
