// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct RenderConfigTests {
    /// The published English configuration with the shipped font.
    private static let published = """
        {
          "page-size": "595,842", "dpi": 72, "margin-x": 10, "margin-y": 10,
          "font-path": "Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf",
          "font-size": 9, "line-height": 10, "font-color": "#000000", "alignment": "LEFT", "horizontal-scale": 1.0,
          "first-line-indent": 0, "left-indent": 0, "right-indent": 0, "space-after": 0, "space-before": 0,
          "border-width": 0, "border-padding": 0, "page-bg-color": "#FFFFFF", "para-bg-color": "#FFFFFF",
          "auto-crop-width": true, "auto-crop-last-page": true,
          "newline-markup": "<font color=\\"#FF0000\\"> \\\\n </font>"
        }
        """
    private static let font = "\"font-path\": \"Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf\""

    private func read(_ json: String) throws -> RenderConfig {
        try RenderConfig(json: Array(json.utf8), at: "pages.json", relativeTo: repository)
    }

    @Test("A published configuration is read unchanged and means the official layout")
    func publishedFile() throws {
        let config = try read(Self.published)
        #expect(config.layout == .official)
        #expect((config.pageWidth, config.pageHeight, config.dpi) == (595, 842, 72))
        #expect((config.marginX, config.marginY, config.fontSize, config.lineHeight) == (10, 10, 9, 10))
        #expect(config.alignment == .left)
        #expect(config.autoCropWidth && config.autoCropLastPage)
        #expect(config.newlineMarkup == .text(" \\n ", color: Color(red: 255, green: 0, blue: 0)))
        #expect(config.font.path == "\(repository)/Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf")
    }

    @Test("Keys that are missing keep the published renderer's defaults")
    func defaults() throws {
        let config = try read("{\(Self.font)}")
        #expect(config == RenderConfig(font: config.font))
        #expect((config.marginX, config.fontSize, config.lineHeight, config.alignment) == (20, 9, 10, .justify))
        #expect((config.pixelWidth, config.pixelHeight) == (596, 842))
        #expect(config.newlineMarkup == .lineBreak)
        #expect(try read("{\(Self.font), \"font-size\": 12.5}").lineHeight == 13.5)
        #expect(try read("{\(Self.font), \"font-size\": 12, \"line-height\": 20}").lineHeight == 20)
    }

    @Test("A relative font path starts at the configuration's own folder")
    func relativeFontPath() throws {
        try withTemporaryFolder { base in
            let json = "{\"font-path\": \"fonts/x.ttf\", \"dpi\": 96}"
            try Data(json.utf8).write(to: URL(fileURLWithPath: "\(base)/c.json"))
            #expect(throws: InputError.self) { try RenderConfig(file: "\(base)/c.json") }
            try FileManager.default.createDirectory(atPath: "\(base)/fonts", withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: "\(base)/fonts/x.ttf"))
            #expect(try RenderConfig(file: "\(base)/c.json").font.path == "\(base)/fonts/x.ttf")
        }
    }

    @Test("Every key survives writing and reading")
    func everyKeyRoundTrips() throws {
        var config = try read("{\(Self.font)}")
        (config.pageWidth, config.pageHeight, config.dpi) = (612.5, 792, 110.25)
        (config.marginX, config.marginY) = (12.5, 17)
        (config.fontSize, config.lineHeight) = (8.75, 11.25)
        config.fontColor = Color(red: 1, green: 2, blue: 250)
        config.alignment = .center
        config.horizontalScale = 0.83
        (config.firstLineIndent, config.leftIndent, config.rightIndent) = (-4.5, 3, 2.25)
        (config.spaceAfter, config.spaceBefore, config.borderWidth, config.borderPadding) = (1, 2, 0.5, 3.5)
        config.pageBackground = Color(red: 30, green: 30, blue: 31)
        config.paragraphBackground = Color(red: 31, green: 30, blue: 30)
        config.paragraphBorder = .black
        (config.autoCropWidth, config.autoCropLastPage) = (true, true)
        config.newlineMarkup = .text(" \"¶\"\\ ", color: Color(red: 9, green: 8, blue: 7))
        config.layout = .grid
        config.fontFallback = [try FontLibrary.dejaVuSansMono()]
        config.reflow = .auto
        config.imageFormat = .bilevel
        (config.cellWidth, config.cellHeight) = (8, 16)
        config.newlineMark = "↵\u{1}"
        (config.lineNumbers, config.tabWidth, config.pageTextTokens) = (true, 8, 1500)
        #expect(try read(config.json) == config)
        guard case .object(let members) = try JSONParser.parse(Array(config.json.utf8), source: "json") else {
            Issue.record("the configuration is no JSON object")
            return
        }
        #expect(members.map(\.key) == ConfigKey.allCases.map(\.rawValue))
        let plain = RenderConfig(font: config.font)
        #expect(try read(plain.json) == plain)
    }

    @Test("A font collection's face is written after '#', and a file of that very name comes first")
    func fontFaces() throws {
        try withTemporaryFolder { base in
            for name in ["c.ttc", "odd#2"] { try Data().write(to: URL(fileURLWithPath: "\(base)/\(name)")) }
            for font in [FontFile(path: "\(base)/c.ttc", faceIndex: 2), FontFile(path: "\(base)/odd#2")] {
                let config = RenderConfig(font: font)
                #expect(try read(config.json).font == font)
            }
            let relative = Array("{\"font-path\": \"c.ttc#11\"}".utf8)
            #expect(try RenderConfig(json: relative, at: "c", relativeTo: base).font.faceIndex == 11)
            for name in ["c.ttc#", "c.ttc#-1", "c.ttc#x", "d.ttc#1"] {
                #expect(throws: InputError.self) { try read("{\"font-path\": \"\(base)/\(name)\"}") }
            }
        }
    }

    @Test("Presets without installed fonts can be written, read and used", arguments: Preset.allCases)
    func presets(preset: Preset) throws {
        if preset == .glyphChinese, (try? FontLibrary.cjk()) == nil { return }
        let config = try preset.configuration()
        #expect(try read(config.json) == config)
        #expect(!preset.summary.isEmpty)
        let expected: [Preset: RenderConfig.Layout] = [
            .glyphEnglish: .official, .glyphChinese: .official, .dense: .grid, .nano: .grid,
        ]
        #expect(config.layout == expected[preset] ?? .unicode)
        #expect(try layouts("Salt", config).count == 1)
    }

    @Test("Assignments change what they name, and a line height keeps its proportion to the font size")
    func assignments() throws {
        var config = try read("{\(Self.font)}")
        try config.set(["font-size=4.5"])
        #expect((config.fontSize, config.lineHeight) == (4.5, 5))
        try config.set(["line-height=9.5", "alignment=CENTER", "font-color=#102030", "auto-crop-width=true"])
        #expect((config.lineHeight, config.alignment, config.autoCropWidth) == (9.5, .center, true))
        #expect(config.fontColor == Color(red: 0x10, green: 0x20, blue: 0x30))
        try config.set(["page-size=300,400", "newline-markup=<font color=\"#FF0000\"> = </font>", "layout=grid"])
        #expect((config.pageWidth, config.pageHeight, config.layout) == (300, 400, .grid))
        #expect(config.newlineMarkup == .text(" = ", color: Color(red: 255, green: 0, blue: 0)))
        try config.set([])
        // Either alone would leave no room.
        try config.set(["margin-x=1000", "page-size=5000,400"])
        #expect(config.marginX == 1000)
    }

    @Test(
        "An assignment at fault is named",
        arguments: ["font-size", "font-size=", "font-size=big", "=8", "size=8", "margin-x=299", "dpi=1e9", "dpi=null"]
    )
    func wrongAssignments(assignment: String) throws {
        var config = try read("{\(Self.font)}")
        let error = #expect(throws: InputError.self) { try config.set([assignment]) }
        let name = assignment.prefix { $0 != "=" }
        #expect(error?.location.hasPrefix("--set") == true)
        #expect(name.isEmpty || error?.description.contains(name) == true)
        #expect(error?.expected?.isEmpty == false)
    }

    /// Faulty members, what the message must name beside file and key, and what it must say is allowed.
    private static let faults: [(member: String, key: String, value: String, allowed: String)] = [
        ("\"font-sise\": 9", "font-sise", "not a configuration key", "font-size"),
        ("\"Font-Size\": 9", "Font-Size", "not a configuration key", "font-size"),
        ("\"dpi\": \"72\"", "dpi", "\"72\"", "from 10 to 1200"),
        ("\"dpi\": 9", "dpi", "9", "from 10 to 1200"),
        ("\"dpi\": null", "dpi", "null", "a number"),
        ("\"font-size\": 0", "font-size", "0", "from 1 to 1000"),
        ("\"font-size\": -9.5", "font-size", "-9.5", "from 1 to 1000"),
        ("\"font-size\": 500, \"line-height\": 1, \"dpi\": 300", "font-size", "2083 pixels", "at most 2048 pixels"),
        ("\"line-height\": true", "line-height", "true", "a number"),
        (
            "\"page-size\": \"9000,9000\", \"dpi\": 144, \"horizontal-scale\": 4", "horizontal-scale", "72000 pixels",
            "at most 20000 pixels"
        ),
        ("\"horizontal-scale\": 0", "horizontal-scale", "0", "from 0.1 to 4"),
        ("\"margin-x\": [10]", "margin-x", "an array", "a number"),
        ("\"margin-y\": {}", "margin-y", "an object", "a number"),
        ("\"space-before\": -1", "space-before", "-1", "from 0"),
        ("\"page-size\": \"A4\"", "page-size", "\"A4\"", "595,842"),
        ("\"page-size\": \"0,842\"", "page-size", "\"0,842\"", "above 0"),
        ("\"page-size\": \"nan,842\"", "page-size", "\"nan,842\"", "above 0"),
        ("\"page-size\": \"1,2,3\"", "page-size", "\"1,2,3\"", "595,842"),
        ("\"page-size\": 595", "page-size", "595", "595,842"),
        ("\"font-color\": \"red\"", "font-color", "\"red\"", "#1A2B3C"),
        ("\"page-bg-color\": \"#12345\"", "page-bg-color", "\"#12345\"", "#1A2B3C"),
        ("\"para-bg-color\": \"#+12345\"", "para-bg-color", "\"#+12345\"", "#1A2B3C"),
        ("\"para-border-color\": 0", "para-border-color", "0", "#1A2B3C"),
        ("\"alignment\": \"MIDDLE\"", "alignment", "\"MIDDLE\"", "\"LEFT\", \"CENTER\", \"RIGHT\", \"JUSTIFY\""),
        ("\"alignment\": 1", "alignment", "1", "\"LEFT\""),
        ("\"auto-crop-width\": 1", "auto-crop-width", "1", "true or false"),
        ("\"auto-crop-last-page\": \"true\"", "auto-crop-last-page", "\"true\"", "true or false"),
        ("\"newline-markup\": \"<b>x</b>\"", "newline-markup", "\"<b>x</b>\"", "<br/>"),
        ("\"newline-markup\": \"a&b\"", "newline-markup", "\"a&b\"", "plain text"),
        ("\"newline-markup\": \"<\u{301}b\"", "newline-markup", "\"", "plain text"),
        ("\"newline-markup\": \"a\\u00ADb\"", "newline-markup", "\"a", "plain text"),
        ("\"newline-markup\": \"<font color='#FF0000'><\u{301}</font>\"", "newline-markup", "\"<font", "plain text"),
        ("\"layout\": \"pdf\"", "layout", "\"pdf\"", "\"official\", \"unicode\", \"grid\""),
        ("\"reflow\": true", "reflow", "true", "\"auto\", \"on\", \"off\""),
        ("\"image-format\": \"jpeg\"", "image-format", "\"jpeg\"", "\"bilevel\""),
        ("\"cell-size\": \"7.5,14\"", "cell-size", "\"7.5,14\"", "whole numbers"),
        ("\"cell-size\": \"1,1\"", "cell-size", "\"1,1\"", "2,4 to 200,200"),
        ("\"newline-mark\": \"123456789\"", "newline-mark", "\"123456789\"", "at most 8"),
        ("\"newline-mark\": \"e\(String(repeating: "\u{301}", count: 9))\"", "newline-mark", "\"", "at most 8"),
        ("\"tab-width\": 0", "tab-width", "0", "from 1 to 64"),
        ("\"tab-width\": 2.5", "tab-width", "2.5", "a whole number"),
        ("\"page-text-tokens\": 0", "page-text-tokens", "0", "from 1"),
        ("\"line-numbers\": \"yes\"", "line-numbers", "\"yes\"", "true or false"),
        ("\"font-fallback\": \"x.ttf\"", "font-fallback", "\"x.ttf\"", "a list"),
        ("\"font-fallback\": [\"/none/x.ttf\"]", "font-fallback", "\"/none/x.ttf\"", "readable font file"),
        ("\"font-path\": \"/none/Verdana.ttf\"", "font-path", "\"/none/Verdana.ttf\"", "readable font file"),
        ("\"font-path\": \"\"", "font-path", "\"\"", "TrueType"),
        ("\"font-path\": 3", "font-path", "3", "TrueType"),
        ("\"margin-x\": 400", "margin-x", "595", "narrower than the page"),
        ("\"left-indent\": 600", "margin-x", "595", "narrower than the page"),
        ("\"margin-y\": 420", "margin-y", "841.8", "lower than the page"),
        ("\"page-size\": \"99999,99999\"", "page-size", "99999×99999", "20000 pixels"),
        ("\"dpi\": 1200, \"page-size\": \"2000,2000\"", "page-size", "33334×33334", "Lower dpi"),
    ]

    @Test("A fault names file, key and value and says what is allowed", arguments: faults.indices)
    func faultsAreExplained(index: Int) throws {
        let fault = Self.faults[index]
        let members = fault.member.contains("font-path") ? fault.member : "\(Self.font), \(fault.member)"
        let error = try #require(throws: InputError.self) { try read("{\(members)}") }
        #expect(error.location == "pages.json: \(fault.key)")
        #expect(error.problem.contains(fault.value), "\(error)")
        #expect("\(error.expected ?? "") \(error.remedy ?? "")".contains(fault.allowed), "\(error)")
    }

    @Test(
        "What is not a JSON object is refused by file name",
        arguments: [
            "", " ", "{", "[]", "3", "null", "\"text\"", "{\"dpi\": 72,,}", "{'dpi': 72}", "{\"dpi\": 72} x",
        ]
    )
    func notJSON(text: String) throws {
        let error = try #require(throws: InputError.self) { try read(text) }
        #expect(error.location.hasPrefix("pages.json"))
        #expect(error.expected?.isEmpty == false)
    }

    @Test("A missing configuration file is named")
    func missingFile() {
        let error = #expect(throws: InputError.self) { try RenderConfig(file: "/none/c.json") }
        #expect(error?.location == "/none/c.json")
    }
}
