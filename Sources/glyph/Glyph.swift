// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphTypeset

<<<<<<< HEAD
@main struct Probe {
    static func main() throws {
        let a = CommandLine.arguments
        let config = try RenderConfig(file: a[1])
        let data = [UInt8](FileManager.default.contents(atPath: a[2])!)
        let text = try SourceText(validating: data, from: a[2])
        var layouter = try OfficialLayouter(text: text, config: config)
        let raster = PageRasterizer(format: config.imageFormat)
        try? FileManager.default.createDirectory(atPath: a[3], withIntermediateDirectories: true)
        var n = 0
        while let page = try layouter.nextPage() {
            let e = try raster.encode(page)
            n += 1
            try Data(e.png).write(to: URL(fileURLWithPath: a[3] + "/page_" + String(format: "%03d", n) + ".png"))
        }
        print(n)
    }
=======
@main
struct Glyph: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glyph",
        abstract: "Long text becomes compact page images that a vision–language model reads."
    )
>>>>>>> reading
}
