// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Score against compression as an SVG: a line for each reader and strategy, a point with its interval for each
/// configuration.
///
/// Without scripts or style sheets of its own, so that the file can be opened, mailed and printed; colours follow the
/// page's light or dark scheme.
struct ReportPlot {
    struct Point: Equatable {
        var compression: Double
        var value: Double
        var interval: Interval?
        var label: String
    }

    /// What a line is called, and its points by rising compression.
    struct Line: Equatable {
        var name: String
        var points: [Point]
    }

    var title: String
    var valueName: String
    var lines: [Line]

    private static let width = 640.0
    private static let height = 300.0
    private static let left = 56.0
    private static let right = 16.0
    private static let top = 16.0
    private static let bottom = 44.0

    /// How a line is drawn, in the plot and in its legend: six colours, then the same ones dashed, dotted, and
    /// dash-dotted.
    struct Stroke {
        /// Okabe and Ito's colours, which colour-blind people can tell apart.
        private static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
        private static let patterns = ["", "8 4", "2 4", "10 3 2 3"]

        let colour: String
        /// SVG's lengths of strokes and gaps; empty for a line without gaps.
        let dashes: String

        /// The stroke of the line of a number, from 0.
        init(_ index: Int) {
            let count = Self.colours.count
            colour = Self.colours[index % count]
            dashes = Self.patterns[index / count % Self.patterns.count]
        }

        /// The line along a path in SVG's notation.
        func line(along path: String) -> String {
            let gaps = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
            return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(gaps)/>"
        }
    }

    /// Lines of a task's summaries; those without a value or a compression are left out.
    static func lines(_ summaries: [RunSummary], _ value: (RunSummary) -> (Double, Interval?)?) -> [Line] {
        var lines: [Line] = []
        for summary in summaries {
            guard let compression = summary.compression, let (score, interval) = value(summary) else { continue }
            let name = "\(summary.reader) · \(summary.strategy)"
            let label = "\(name) · \(summary.config), n = \(summary.count)"
            let point = Point(compression: compression, value: score, interval: interval, label: label)
            if let index = lines.firstIndex(where: { $0.name == name }) {
                lines[index].points.append(point)
            } else {
                lines.append(Line(name: name, points: [point]))
            }
        }
        return lines.map { line in
            Line(
                name: line.name,
                points: line.points.sorted { ($0.compression, $0.label) < ($1.compression, $1.label) }
            )
        }
    }

    /// The picture.
    var svg: String {
        let points = lines.flatMap(\.points)
        let widest = Self.niceCeiling(points.map(\.compression).max() ?? 1)
        let finite = points.flatMap { [$0.value, $0.interval?.upper ?? 0] }.filter(\.isFinite)
        let isShare = valueName == "score"
        let highest = isShare ? 1 : Self.niceCeiling(finite.max() ?? 1)
        let x = { (value: Double) in Self.left + value / widest * (Self.width - Self.left - Self.right) }
        let y = { (value: Double) in
            Self.height - Self.bottom - min(max(value / highest, 0), 1) * (Self.height - Self.top - Self.bottom)
        }
        var svg =
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(title.escaped)\">\n"
        svg += grid(widest, highest, x, y)
        for (index, line) in lines.enumerated() {
            svg += Self.drawing(line, Stroke(index), x, y)
        }
        return svg + "</svg>\n"
    }

    private func grid(
        _ widest: Double,
        _ highest: Double,
        _ x: (Double) -> Double,
        _ y: (Double) -> Double
    ) -> String {
        var svg = "<g stroke=\"currentColor\" stroke-opacity=\"0.2\">\n"
        let steps = (0...5).map { Double($0) / 5 }
        for step in steps {
            svg += "<path d=\"M\(Self.px(x(0))) \(Self.px(y(step * highest)))H\(Self.px(x(widest)))\"/>\n"
            svg += "<path d=\"M\(Self.px(x(step * widest))) \(Self.px(y(0)))V\(Self.px(y(highest)))\"/>\n"
        }
        svg += "</g>\n<g fill=\"currentColor\" font-size=\"12\">\n"
        for step in steps {
            let percent = BenchmarkReport.decimal(step * highest * 100, highest < 0.1 ? 1 : 0)
            svg += Self.text(percent + "%", Self.left - 6, y(step * highest) + 4, "end")
            svg += Self.text(
                BenchmarkReport.decimal(step * widest, 1) + "×",
                x(step * widest),
                Self.height - 26,
                "middle"
            )
        }
        svg += Self.text("compression", x(widest / 2), Self.height - 8, "middle")
        return svg + "</g>\n"
    }

    private static func drawing(
        _ line: Line,
        _ stroke: Stroke,
        _ x: (Double) -> Double,
        _ y: (Double) -> Double
    ) -> String {
        var svg = "<g stroke=\"\(stroke.colour)\" fill=\"\(stroke.colour)\">\n"
        let way = line.points.map { "\(px(x($0.compression))) \(px(y($0.value)))" }.joined(separator: "L")
        svg += stroke.line(along: "M\(way)") + "\n"
        for point in line.points {
            let at = px(x(point.compression))
            if let interval = point.interval, interval.lower.isFinite, interval.upper.isFinite {
                svg += "<path d=\"M\(at) \(px(y(interval.lower)))V\(px(y(interval.upper)))\" stroke-opacity=\"0.6\"/>\n"
            }
            let value = BenchmarkReport.decimal(point.value * 100, 1)
            svg +=
                "<circle cx=\"\(at)\" cy=\"\(px(y(point.value)))\" r=\"4\"><title>\(point.label.escaped): \(value)% at "
            svg += "\(BenchmarkReport.decimal(point.compression, 2))×</title></circle>\n"
        }
        return svg + "</g>\n"
    }

    private static func text(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text x=\"\(px(x))\" y=\"\(px(y))\" text-anchor=\"\(anchor)\">\(text.escaped)</text>\n"
    }

    private static func px(_ value: Double) -> String { BenchmarkReport.decimal(value, 1) }

    /// The next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and 10 times a power of ten.
    static func niceCeiling(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        var scale = 1.0
        while value > 10 * scale { scale *= 10 }
        while value <= scale { scale /= 10 }
        return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].first { $0 * scale >= value } ?? 10) * scale
    }
}

extension String {
    /// The text inside of HTML or SVG, in attributes too.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
