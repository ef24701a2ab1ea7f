// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphRaster
import GlyphTokens

/// What most runs need and nothing on the command line decides: made beside the reading of the command line, which
/// takes as long as drawing several pages and keeps one processor busy.
enum Ahead {
    /// The tokenizer that ships.
    static let tokenizer = Task.detached { try Tokenizer.standard() }

    /// Starts if the command is one that draws pages; a wrong guess costs an idle processor some work.
    static func start() {
        let drawing = ["render", "count", "ask"]
        guard let command = CommandLine.arguments.dropFirst().first, drawing.contains(command) else { return }
        Task.detached { PageRasterizer.prepare() }
        _ = tokenizer
    }
}
