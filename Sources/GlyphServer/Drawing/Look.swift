// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// How a client wants its pages: the fields that all routes share.
///
/// | field | meaning |
/// |---|---|
/// | `preset` | a ready configuration |
/// | `render` | configuration keys over it; `font` is `sans`, `mono` or `cjk` instead of a path |
/// | `reader` | whose visual tokens are counted |
/// | `fit` | `auto` chooses the page width by the document's length |
/// | `budget` | the most visual tokens that all pages may cost |
struct Look: Sendable {
    var config: RenderConfig
    var family: ReaderFamily
    var fits = false
    var budget: Int?
    /// The preset, where the request names one.
    private(set) var preset: String?
    /// How often the resolution is lowered after all else is settled.
    private(set) var coarseness = 0

    /// The pages are as coarse as can be read.
    struct NothingCoarser: Error {}

    /// The same with fewer pixels: two thirds of the resolution, or in a grid the next cell of half the area.
    func coarser() -> Look {
        var look = self
        look.coarseness += 1
        return look
    }

    /// Takes the fields out of a request.
    ///
    /// - Throws: `InputError` for an unknown preset, key or value, and for keys that would name a file.
    init(_ fields: inout JSONFields, preset fallback: Preset, family: ReaderFamily, limits: ServiceLimits) throws {
        preset = try fields.text("preset", atMost: 40)
        let named = try preset.map { try Preset.named($0, at: fields.location("preset")) }
        config = try (named ?? fallback).configuration()
        if let render = fields.value("render") {
            try Self.apply(render, to: &config, at: fields.location("render"))
        }
        self.family = family
        if let name = try fields.text("reader", atMost: 80) {
            self.family = try ReaderFamily.named(name, at: fields.location("reader"))
        }
        if let fit = try fields.text("fit", atMost: 20) {
            guard fit == "auto" else {
                throw InputError(at: fields.location("fit"), "\"\(fit)\" is unknown", expected: "\"auto\"")
            }
            fits = true
        }
        budget = try fields.optionalInt("budget", in: 1...100_000_000)
        try Self.check(config, limits)
    }

    /// Settles what depends on the document; `pictures` are the sizes in pixels of pages without text.
    ///
    /// - Throws: `InputError`, and `NothingCoarser` if the resolution cannot be lowered as often.
    func configuration(
        for text: SourceText,
        tokens: Int,
        pictures: [(width: Int, height: Int)],
        counter: @escaping Typesetter.TokenCounter
    ) throws -> RenderConfig {
        var config = fits ? PageFit.fit(config, toTextTokens: tokens) : config
        if let budget {
            config = try TokenBudget(limit: budget, family: family, pictures: pictures, tokenCounter: counter)
                .fit(config, to: text)
        }
        do {
            for _ in 0..<coarseness { config = try FocusLook.coarse(config) }
        } catch is InputError {
            throw NothingCoarser()
        }
        return config
    }

    /// The resolution of a page that is a picture, in pixels an inch.
    func scanDPI(_ dpi: Int) -> Int { (0..<coarseness).reduce(dpi) { dpi, _ in FocusLook.coarse(scanDPI: dpi) } }

    static func check(_ config: RenderConfig, _ limits: ServiceLimits) throws {
        let (width, height) = (config.pageWidth * config.scale, config.pageHeight * config.scale)
        guard width * height <= Double(limits.pagePixels) else {
            throw InputError(
                at: "render.page-size",
                "a page would have \(Int(width))×\(Int(height)) pixels",
                expected: "at most \(limits.pagePixels) pixels",
                remedy: "Lower dpi or page-size"
            )
        }
    }

    private static func apply(_ value: JSONValue, to config: inout RenderConfig, at location: String) throws {
        guard case .object(let members) = value else {
            throw InputError(
                at: location,
                "\(value.kind) is not supported",
                expected: "an object of configuration keys"
            )
        }
        var assignments: [String] = []
        for member in members {
            let (key, value) = (member.key, member.value)
            switch key {
            case "font": config.font = try font(value, at: "\(location).font")
            // A path would let a client look at this machine's files.
            case "font-path", "font-fallback":
                throw InputError(
                    at: "\(location).\(key)",
                    "files of this machine cannot be named",
                    expected: "\"font\": \"sans\", \"mono\" or \"cjk\""
                )
            default: assignments.append("\(key)=\(value.literal)")
            }
        }
        do {
            try config.set(assignments, at: location)
        } catch var fault as InputError {
            fault.location = fault.location.replacing("\(location): ", with: "\(location).")
            throw fault
        }
    }

    private static func font(_ value: JSONValue, at location: String) throws -> FontFile {
        switch value {
        case .string("sans"): try FontLibrary.dejaVuSans()
        case .string("mono"): try FontLibrary.dejaVuSansMono()
        case .string("cjk"): try FontLibrary.cjk()
        default: throw InputError(at: location, "\(value.kind) is not supported", expected: "sans, mono or cjk")
        }
    }
}
