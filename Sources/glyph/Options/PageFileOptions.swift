// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import ArgumentParser
public import GlyphRaster

/// How pages are written to files.
struct PageFileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How PNG files of grey pages are compressed, quick (a third of the time) or small (three fifths of the size).",
            valueName: "how"
        )
    )
    var png: PageRasterizer.Compression = .quick
}

extension PageRasterizer.Compression: ExpressibleByArgument {}
