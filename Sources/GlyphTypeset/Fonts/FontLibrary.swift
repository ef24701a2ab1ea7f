// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Foundation

/// Finds font files: the two that ship with the package, and those installed on the machine.
public enum FontLibrary {
    /// DejaVu Sans, the default text font (shipped).
    public static func dejaVuSans() throws -> FontFile { try shipped("DejaVuSans") }

    /// DejaVu Sans Mono, the default monospaced font (shipped).
    public static func dejaVuSansMono() throws -> FontFile { try shipped("DejaVuSansMono") }

    private static func shipped(_ name: String) throws -> FontFile {
        let path = ResourceFolder.path(of: "Fonts/\(name).ttf", inTarget: "GlyphTypeset")
        guard access(path, R_OK) == 0 else {
            throw InputError(
                at: path,
                "the font that ships with Glyph is not beside the program",
                remedy: "Build again with ./glyph, or copy glyph_GlyphTypeset.resources next to the executable"
            )
        }
        return FontFile(path: path)
    }

    /// The folders searched for installed fonts, in order.
    public static let searchFolders: [String] = [
        "/usr/share/fonts", "/usr/local/share/fonts",
        "\(NSHomeDirectory())/.local/share/fonts", "\(NSHomeDirectory())/.fonts",
    ]

    /// The installed font files (`.ttf`, `.otf`, `.ttc`), sorted by path so that the result does not depend on the
    /// order a folder lists its entries in.
    public static func installedFiles() -> [String] {
        searchFolders.flatMap { folder in
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            return
                names
                .filter { [".ttf", ".otf", ".ttc"].contains($0.suffix(4).lowercased()) }
                .sorted()
                .map { "\(folder)/\($0)" }
        }
    }

    /// Names of the font files tried, in order, for characters that the main font lacks.
    ///
    /// A face index of 2 in the Noto collections is Simplified Chinese.
    static let fallbackNames: [(name: String, faceIndex: Int)] = [
        ("DejaVuSans.ttf", 0), ("NotoSansCJK-Regular.ttc", 2), ("DroidSansFallbackFull.ttf", 0),
        ("wqy-microhei.ttc", 0), ("NotoSans-Regular.ttf", 0), ("NotoSansArabic-Regular.ttf", 0),
        ("NotoSansHebrew-Regular.ttf", 0), ("NotoSansDevanagari-Regular.ttf", 0), ("NotoSansThai-Regular.ttf", 0),
        ("NotoSansBengali-Regular.ttf", 0), ("NotoSansTamil-Regular.ttf", 0), ("NotoSansSymbols-Regular.ttf", 0),
        ("NotoSansSymbols2-Regular.ttf", 0), ("NotoSansMath-Regular.ttf", 0), ("unifont.ttf", 0),
        ("unifont.otf", 0),
    ]

    /// The fonts consulted after the main one, those of `fallbackNames` that exist here.
    public static func fallbackChain() throws -> [FontFile] {
        let installed = installedFiles()
        var chain = [try dejaVuSans()]
        for (name, faceIndex) in fallbackNames.dropFirst() {
            if let path = installed.first(where: { $0.hasSuffix("/\(name)") }) {
                chain.append(FontFile(path: path, faceIndex: faceIndex))
            }
        }
        return chain
    }

    /// The installed CJK font, preferring Noto Sans CJK (Simplified Chinese) over Droid and WenQuanYi.
    public static func cjk() throws -> FontFile {
        let wanted = ["NotoSansCJK-Regular.ttc", "DroidSansFallbackFull.ttf", "wqy-microhei.ttc"]
        if let font = try fallbackChain().first(where: { font in wanted.contains { font.path.hasSuffix("/\($0)") } }) {
            return font
        }
        throw InputError(
            at: "font",
            "no Chinese, Japanese or Korean font is installed",
            expected: wanted.joined(separator: ", "),
            remedy: "Install one: apt-get install fonts-noto-cjk"
        )
    }
}
