// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A family of readers that charge images alike, and the rule they charge by.
///
/// What a page costs decides whether rendering pays, so each rule says how well it is known. The rules for hosted
/// readers were derived from receipts and audits (see `note`); providers may change them without notice.
public struct ReaderFamily: Sendable {
    /// How a rule is known.
    public enum Provenance: String, Sendable, CaseIterable {
        /// Read in the code that computes it, and checked against that code.
        case source
        /// Derived from what the provider billed or counted for given images.
        case measured
        /// Stated by the provider or a public audit; no bill was seen.
        case documented
    }

    /// The name to select the family by.
    public let name: String
    /// Other names of the family and the models in it.
    public let aliases: [String]
    /// How the rule is known.
    public let provenance: Provenance
    /// Where the rule comes from and what is uncertain about it.
    public let note: String
    /// Tokens that the prompt template puts around each image, not in ``tokens(forImages:)``.
    public let framingTokens: Int
    let rule: VisualTokenRule

    init(
        _ name: String,
        aliases: [String] = [],
        _ provenance: Provenance,
        framingTokens: Int = 0,
        note: String,
        _ rule: VisualTokenRule
    ) {
        self.name = name
        self.aliases = aliases
        self.provenance = provenance
        self.note = note
        self.framingTokens = framingTokens
        self.rule = rule
    }

    /// The family with a name or alias, or that of a model whose name begins with one, whatever the letter case.
    ///
    /// - Parameters:
    ///   - name: What was given.
    ///   - location: Where, for the error.
    /// - Returns: The family.
    /// - Throws: `InputError` for every other name, however similar: a wrong rule would give a wrong cost in silence.
    public static func named(_ name: String, at location: String = "reader family") throws -> ReaderFamily {
        if let family = known(name) ?? ofModel(name) { return family }
        throw InputError(
            at: location,
            "\"\(name)\" is unknown",
            expected: all.map(\.name).joined(separator: ", ") + ", or the name of a model that is known to be in one"
        )
    }

    /// The tokens that a request with these images is charged for them.
    ///
    /// Sizes are in pixels; a request without images costs nothing. Sizes that the reader refuses are an `InputError`.
    public func tokens(forImages images: [(width: Int, height: Int)]) throws -> Int {
        guard !images.isEmpty else { return 0 }
        return try images.reduce(rule.tokensPerRequest) { total, image in
            try Self.check(image.width, image.height)
            return total + (try rule.tokens(width: image.width, height: image.height))
        }
    }

    /// The tokens that images take in a prompt, the template's marks around each included.
    public func promptTokens(forImages images: [(width: Int, height: Int)]) throws -> Int {
        try tokens(forImages: images) + framingTokens * images.count
    }

    /// Bounds that keep every product of sides exact in integers and doubles.
    private static func check(_ width: Int, _ height: Int) throws {
        guard (1...1 << 20).contains(width), (1...1 << 20).contains(height) else {
            throw InputError(
                at: "image size",
                "\(width)×\(height) is out of range",
                expected: "sides from 1 to \(1 << 20) pixels"
            )
        }
    }
}
