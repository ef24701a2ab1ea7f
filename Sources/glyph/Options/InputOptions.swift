// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphDocuments
import GlyphPage

/// How files, folders and archives become a document.
struct InputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The encoding of text, such as gb18030 or latin1 (default: told from the bytes).",
            valueName: "name"
        )
    )
    var encoding: String?

    @Option(
        help: ArgumentHelp(
            "Several files with a table of contents and line numbers: auto (where one is code), on or off.",
            valueName: "when"
        )
    )
    var panorama: String = "auto"

    @Flag(help: "Read what .gitignore files leave out of folders, too.")
    var noIgnore = false

    @Option(
        name: .customLong("scan-dpi"),
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pixels an inch for PDF pages without text, which are passed on as pictures.",
            valueName: "dpi"
        )
    )
    var scanDPI: Int = 120

    /// The options for the reader of documents.
    func reading() throws -> ReadingOptions {
        var options = ReadingOptions()
        options.encoding = encoding
        guard let choice = ReadingOptions.Panorama(rawValue: panorama) else {
            throw InputError(
                at: "--panorama",
                "\"\(panorama)\" is unknown",
                expected: ReadingOptions.Panorama.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        options.panorama = choice
        options.respectsIgnoreFiles = !noIgnore
        guard (10...600).contains(scanDPI) else {
            throw InputError(at: "--scan-dpi", "is \(scanDPI)", expected: "a number from 10 to 600")
        }
        options.scanDPI = scanDPI
        return options
    }
}
