// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphReading
import GlyphServer

/// Who reads the text itself, for a comparison with what is read from pages.
struct TextReaderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A server that reads text to compare with; without it the one of --endpoint is asked.",
            valueName: "url"
        )
    )
    var textEndpoint: String?

    @Option(help: ArgumentHelp("That server's model, if it has several.", valueName: "name"))
    var textModel: String?

    @Option(help: ArgumentHelp("The environment variable that holds that server's key.", valueName: "variable"))
    var textApiKeyEnv: String?

    func validate() throws {
        guard textEndpoint == nil,
            let option = textModel.map({ _ in "--text-model" }) ?? textApiKeyEnv.map({ _ in "--text-api-key-env" })
        else { return }
        throw ValidationError("\(option) goes with --text-endpoint.")
    }

    /// The server that was named, or the reader of pages if it is no model that was trained for pages alone.
    ///
    /// - Throws: `InputError` that names the option at fault.
    func open(beside pages: ReaderSource.Opened) throws -> ServedReader.TextReader? {
        guard let textEndpoint else {
            return pages.card == nil ? ServedReader.TextReader(pages.reader, name: pages.name) : nil
        }
        var arguments = ["--endpoint", textEndpoint]
        if let textModel { arguments += ["--model", textModel] }
        if let textApiKeyEnv { arguments += ["--api-key-env", textApiKeyEnv] }
        do {
            let opened = try ReaderSource.parse(arguments).open(retries: RetryPolicy(seed: 0))
            return ServedReader.TextReader(opened.reader, name: opened.name)
        } catch var fault as InputError {
            fault.location = fault.location.replacing("--", with: "--text-")
            fault.remedy = fault.remedy?.replacing("--api-key-env", with: "--text-api-key-env")
            throw fault
        }
    }
}
