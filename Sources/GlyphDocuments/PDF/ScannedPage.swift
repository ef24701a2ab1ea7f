// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// A page of a PDF that has no text of its own and is read as a picture.
public struct ScannedPage: Sendable {
    /// The PDF, as `Document.Part.name` names it.
    public var file: String
    /// The page in that file, from 1.
    public var page: Int
    /// Where in the document's text the page belongs.
    public var offset: Int
    /// Pixels an inch.
    public var dpi: Int
    /// The page's size in points, as it is shown.
    let size: (width: Double, height: Double)
    let source: PDFFile

    /// The picture's size in pixels, known before it is drawn: `pdftoppm` rounds up.
    public var pixels: (width: Int, height: Int) {
        func pixels(_ points: Double) -> Int { Int((points * (Double(dpi) / 72)).rounded(.up)) }
        return (pixels(size.width), pixels(size.height))
    }

    /// Draws the page; the same file always gives the same bytes.
    ///
    /// - Parameter number: the number it gets among all pages.
    /// - Returns: the page as a PNG file.
    /// - Throws: `InputError` when the page cannot be drawn within the limits.
    public func encoded(number: Int) throws -> EncodedPage {
        let png = try source.run(
            "pdftoppm",
            ["-png", "-cropbox", "-r", "\(dpi)", "-f", "\(page)", "-l", "\(page)"],
            outputLimit: 64 << 20
        )
        guard let header = PNGHeader(png) else {
            throw InputError(at: "\(file): page \(page)", "cannot be drawn", remedy: "Open the PDF and print it again")
        }
        return EncodedPage(number: number, width: header.width, height: header.height, png: png)
    }

    /// The resolution for a page: `asked`, or less for pages so large that they would have too many pixels.
    ///
    /// 120 dpi gives 992×1403 pixels for A4, which is the finest of the resolutions that the published model was
    /// evaluated at. A page has at most the pixels of A4 at twice that, and 4096 on a side.
    static func resolution(asked: Int, width: Double, height: Double) -> Int {
        guard width > 0, height > 0 else { return asked }
        let area = 72 * (Double(mostPixels) / (width * height)).squareRoot()
        let side = 72 * Double(mostPixelsOnASide) / max(width, height)
        return max(1, min(asked, Int(area), Int(side)))
    }

    private static let mostPixels = 4 * 992 * 1403
    private static let mostPixelsOnASide = 4096
    /// A longer side has too many pixels even at 1 dpi.
    static let mostPoints = 72 * mostPixelsOnASide
}
