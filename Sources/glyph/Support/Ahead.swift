// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphRaster
import GlyphTokens

/// What most runs need and nothing on the command line decides: made beside the reading of the command line, which
/// takes as long as drawing several pages and keeps one processor busy.
enum Ahead {
    /// The tokenizer that ships.
    static let tokenizer = ThreadPool.start { try Tokenizer.standard() }

    /// Whether the command is one that draws pages and ends.
    static let isWorthwhile = CommandLine.arguments.dropFirst().first.map(["render", "count", "ask"].contains) ?? false

    /// Starts, if the command looks like one that needs it; a wrong guess costs an idle processor some work.
    static func start() {
        guard isWorthwhile else { return }
        _ = tokenizer
        ThreadPool.start { PageRasterizer.prepare() }
    }
}
