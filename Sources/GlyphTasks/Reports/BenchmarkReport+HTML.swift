// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension BenchmarkReport {
    /// The report as one HTML page with its plots, which needs nothing else to be shown.
    package var html: String {
        var page = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(title.escaped)</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
            figure { display: inline-block; width: min(40rem, 100%); margin: 0 1rem 1.5rem 0; vertical-align: top; }
            svg { width: 100%; height: auto; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
            th, td { padding: .25rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
            th { text-align: left; }
            td:nth-child(n + 5), th:nth-child(n + 5) { text-align: right; }
            .failed { color: #D55E00; font-weight: bold; }
            .swatch { display: inline-block; width: 3em; vertical-align: middle; margin: 0 .3em 0 1em; }
            </style>
            </head>
            <body>
            <h1>\(title.escaped)</h1>

            """
        if !notes.isEmpty {
            page += "<ul>\n" + notes.map { "<li>\($0.escaped)</li>\n" }.joined() + "</ul>\n"
        }
        page += "<p>\(Self.explanation) Bars are 95 % intervals.</p>\n"
        for plot in plots { page += Self.figure(plot) }
        return page + table + "</body>\n</html>\n"
    }

    /// One plot for each task with a compression, and one of error rates where there are some; the mean first.
    var plots: [ReportPlot] {
        let order = tasks.filter { $0 == RunSummary.allTasks } + tasks.filter { $0 != RunSummary.allTasks }
        return order.flatMap { task in
            let chosen = summaries.filter { $0.task == task }
            return [
                ReportPlot(
                    title: task,
                    valueName: "score",
                    lines: ReportPlot.lines(chosen) { summary in summary.score.map { ($0, summary.interval) } }
                ),
                ReportPlot(
                    title: task + ": error rate",
                    valueName: "error rate",
                    lines: ReportPlot.lines(chosen) { summary in summary.errorRate.map { ($0, summary.errorInterval) } }
                ),
            ]
        }.filter { !$0.lines.isEmpty }
    }

    private static func figure(_ plot: ReportPlot) -> String {
        let legend = plot.lines.enumerated().map { index, line in
            let sample = ReportPlot.Stroke(index).line(along: "M0 3H48")
            return "<svg class=\"swatch\" viewBox=\"0 0 48 6\" aria-hidden=\"true\">\(sample)</svg>\(line.name.escaped)"
        }
        return
            "<figure>\n<figcaption><b>\(plot.title.escaped)</b>\(legend.joined())</figcaption>\n\(plot.svg)</figure>\n"
    }

    private var table: String {
        var text = "<div class=\"scroll\">\n<table>\n<tr>" + Self.header.map { "<th>\($0)</th>" }.joined() + "</tr>\n"
        for summary in summaries {
            let cells = Self.row(summary).enumerated().map { index, cell in
                let mark = index == 5 && summary.failures > 0 ? " class=\"failed\"" : ""
                return "<td\(mark)>\(cell.escaped)</td>"
            }
            text += "<tr>" + cells.joined() + "</tr>\n"
        }
        return text + "</table>\n</div>\n"
    }
}
