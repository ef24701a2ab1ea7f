// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension RenderConfig {
    /// An object's members as they came, not in a dictionary (docs/architecture.md).
    typealias Members = [JSONValue.Member]

    /// Reads a configuration file, official or ours.
    ///
    /// A file without a `layout` key is an official file and uses the official layout. A relative `font-path` is
    /// looked up from the file's own folder.
    ///
    /// - Throws: `InputError` naming file, key, value and what is allowed.
    public init(file path: String) throws {
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(
                at: path,
                ResourceFile.isMissing(path) ? "does not exist" : "cannot be read",
                expected: "a JSON render configuration"
            )
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        try self.init(json: bytes, at: path, relativeTo: folder)
    }

    /// Reads a configuration from JSON bytes; without a `font-path` the shipped DejaVu Sans is used.
    ///
    /// - Parameters:
    ///   - bytes: a JSON object of `ConfigKey` keys.
    ///   - location: the name used in error messages.
    ///   - folder: where relative font paths start.
    /// - Throws: `InputError` naming location, key, value and what is allowed.
    public init(json bytes: [UInt8], at location: String, relativeTo folder: String) throws {
        guard case .object(let members) = try JSONParser.parse(bytes, source: location) else {
            throw InputError(at: location, "does not hold a JSON object", expected: "{\"font-path\": …}")
        }
        self.init(font: try FontLibrary.dejaVuSans())
        // The official renderer derives a missing line height from the font size.
        if members.last(for: .lineHeight) == nil, case .number(let size)? = members.last(for: .fontSize) {
            lineHeight = size + 1
        }
        try apply(members, at: location, relativeTo: folder)
    }

    /// Sets the keys present in `members`, of which the last of a name counts; every other setting keeps its value.
    mutating func apply(_ members: Members, at location: String, relativeTo folder: String) throws {
        for member in members.sorted(by: { $0.key < $1.key }) {
            let name = member.key
            guard let key = ConfigKey(name: name) else {
                throw InputError(
                    at: "\(location): \(name.prefix(80))",
                    "is not a configuration key",
                    expected: "one of " + ConfigKey.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            try set(ConfigField(key: key, value: member.value, location: location, folder: folder))
        }
        try validate(at: location)
    }

    /// Sets keys from the texts of command-line flags, `key=value` each.
    ///
    /// All are set before the whole is checked, so that two keys can change together.
    ///
    /// - Parameters:
    ///   - assignments: The keys and values.
    ///   - location: Where they come from, for errors.
    /// - Throws: `InputError` as for a file.
    public mutating func set(_ assignments: [String], at location: String = "--set") throws {
        var members: Members = []
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw InputError(at: "\(location) \(assignment)", "has no '='", expected: Self.assignment)
            }
            guard equals > assignment.startIndex else {
                throw InputError(at: "\(location) \(assignment)", "names no key before '='", expected: Self.assignment)
            }
            let text = assignment[assignment.index(after: equals)...]
            let literal = try? JSONParser.parse(Array(text.utf8), source: assignment)
            members.append(JSONValue.Member(String(assignment[..<equals]), literal ?? .string(String(text))))
        }
        // A new font size keeps the proportion of the leading, unless that is set as well.
        if members.last(for: .lineHeight) == nil, case .number(let size)? = members.last(for: .fontSize), size > 0 {
            // Within the bounds of its key, which nobody set.
            let height = min(max(1, lineHeight * size / fontSize), 1000)
            members.append(JSONValue.Member(ConfigKey.lineHeight.rawValue, .number(height)))
        }
        try apply(members, at: location, relativeTo: ".")
    }

    private static let assignment = "key=value, as in font-size=8"

    private mutating func set(_ field: ConfigField) throws {
        switch field.key {
        case .pageSize: (pageWidth, pageHeight) = try field.pair()
        case .dpi: dpi = try field.number(in: 10...1200)
        case .marginX: marginX = try field.number(in: 0...10_000)
        case .marginY: marginY = try field.number(in: 0...10_000)
        case .fontPath: font = try field.font()
        case .fontSize: fontSize = try field.number(in: 1...1000)
        case .lineHeight: lineHeight = try field.number(in: 1...1000)
        case .fontColor: fontColor = try field.color()
        case .alignment: alignment = try field.choice()
        case .horizontalScale: horizontalScale = try field.number(in: 0.1...4)
        case .firstLineIndent: firstLineIndent = try field.number(in: -10_000...10_000)
        case .leftIndent: leftIndent = try field.number(in: -10_000...10_000)
        case .rightIndent: rightIndent = try field.number(in: -10_000...10_000)
        case .spaceAfter: spaceAfter = try field.number(in: 0...10_000)
        case .spaceBefore: spaceBefore = try field.number(in: 0...10_000)
        case .borderWidth: borderWidth = try field.number(in: 0...1000)
        case .borderPadding: borderPadding = try field.number(in: 0...1000)
        case .pageBackground: pageBackground = try field.color()
        case .paragraphBackground: paragraphBackground = try field.color()
        case .paragraphBorder: paragraphBorder = try field.color()
        case .autoCropWidth: autoCropWidth = try field.bool()
        case .autoCropLastPage: autoCropLastPage = try field.bool()
        case .newlineMarkup: newlineMarkup = try field.newlineMarkup()
        case .layout: layout = try field.choice()
        case .fontFallback: fontFallback = try field.fonts()
        case .reflow: reflow = try field.choice()
        case .imageFormat: imageFormat = try field.choice()
        case .cellSize:
            let (width, height) = try field.pair()
            guard width >= 2, height >= 4, width == width.rounded(), height == height.rounded(), width <= 200,
                height <= 200
            else { throw field.fault("two whole numbers of pixels from 2,4 to 200,200, for example \"7,14\"") }
            (cellWidth, cellHeight) = (Int(width), Int(height))
        case .newlineMark: newlineMark = try field.string(atMost: 8)
        case .collapseSpaces: collapseSpaces = try field.bool()
        case .lineNumbers: lineNumbers = try field.bool()
        case .hangingIndent: hangingIndent = try field.integer(in: 0...100)
        case .tabWidth: tabWidth = try field.integer(in: 1...64)
        case .pageTextTokens: pageTextTokens = try field.integer(in: 1...10_000_000)
        }
    }

    /// Checks what only several keys together can break.
    ///
    /// - Throws: `InputError` when no text fits the page.
    public func validate(at location: String) throws {
        guard layout != .official || pageTextTokens == nil else {
            throw InputError(
                at: "\(location): page-text-tokens",
                "has no meaning in the official layout, which fills its pages",
                expected: "no limit there",
                remedy: "Use \"layout\": \"unicode\" or \"grid\""
            )
        }
        guard pageWidth * scale <= 20_000, pageHeight * scale <= 20_000 else {
            throw InputError(
                at: "\(location): page-size",
                "is \(pixelWidth)×\(pixelHeight) pixels at \(dpi) dpi",
                expected: "at most 20000 pixels a side",
                remedy: "Lower dpi or page-size"
            )
        }
        guard layout == .grid || pageWidth * scale * horizontalScale <= 20_000 else {
            throw InputError(
                at: "\(location): horizontal-scale",
                "makes a page \(Int(pageWidth * scale * horizontalScale)) pixels wide",
                expected: "at most 20000 pixels a side",
                remedy: "Lower horizontal-scale, dpi or page-size"
            )
        }
        let em = fontSize * scale
        guard em <= 2048 else {
            throw InputError(
                at: "\(location): font-size",
                "is \(Int(em)) pixels at \(dpi) dpi",
                expected: "at most 2048 pixels",
                remedy: "Lower font-size or dpi"
            )
        }
        let frameWidth = pageWidth - 2 * marginX - leftIndent - rightIndent - max(0, firstLineIndent)
        guard frameWidth > fontSize / 2 else {
            throw InputError(
                at: "\(location): margin-x",
                "leaves no room for text on a page \(pageWidth) points wide",
                expected: "margins and indents narrower than the page"
            )
        }
        guard pageHeight - 2 * marginY >= lineHeight else {
            throw InputError(
                at: "\(location): margin-y",
                "leaves no room for a line of \(lineHeight) points on a page \(pageHeight) points high",
                expected: "margins lower than the page"
            )
        }
    }
}

extension RenderConfig.Members {
    /// The value that counts of a key, if it is there.
    fileprivate func last(for key: ConfigKey) -> JSONValue? { last { $0.key == key.rawValue }?.value }
}
