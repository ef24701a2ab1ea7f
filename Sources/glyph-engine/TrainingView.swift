// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTrain

/// A run as a person follows it: one line that moves on a terminal, a line for each evaluation everywhere.
struct TrainingView {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var firstStep: Int?
    /// Smoothed over about fifty steps.
    private var textRight: Double?
    private var glyphsRight: Double?
    private var seconds: Double?

    static func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    /// Says what of a folder is left out; `run.json` names all of it.
    static func saySkipped(_ files: [String], of folder: String) {
        guard !files.isEmpty else { return }
        let more = files.count > 5 ? " and \(files.count - 5) more" : ""
        say("Left out of \(folder), not text or links to folders: \(files.prefix(5).joined(separator: ", "))\(more)")
    }

    mutating func show(_ report: Trainer.Report) {
        firstStep = firstStep ?? report.step
        Self.smooth(&textRight, report.textRight)
        Self.smooth(&glyphsRight, report.glyphsRight)
        Self.smooth(&seconds, report.seconds)
        let left = Duration.seconds(Double(report.stepCount - report.step) * (seconds ?? 0))
        var line = "\(report.stage)  step \(report.step) of \(report.stepCount)"
        if let glyphsRight { line += "  characters seen \(Self.percent(glyphsRight))" }
        if let textRight { line += "  next byte \(Self.percent(textRight))" }
        line += "  \(left.formatted(.time(pattern: .hourMinuteSecond))) left"
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[2K\(line)".utf8)) }
        guard let evaluation = report.evaluation else { return }
        var facts = "\(isTerminal ? "\r\u{1B}[2K" : "")\(elapsed)  \(report.stage)  step \(report.step)  held out:"
        if let right = evaluation.glyphsRight { facts += "  characters seen \(Self.percent(right))" }
        if let right = evaluation.textRight { facts += "  next byte \(Self.percent(right))" }
        if let errors = evaluation.characterErrors { facts += "  character errors \(Self.percent(errors / 100))" }
        for (task, share) in evaluation.answersRight.sorted(by: { $0.key < $1.key }) {
            facts += "  \(task) \(Self.percent(share))"
        }
        Self.say(facts)
    }

    func finish() { if isTerminal { Self.say("") } }

    private var elapsed: String {
        (ContinuousClock.now - start).formatted(.time(pattern: .hourMinuteSecond))
    }

    private static func smooth(_ mean: inout Double?, _ value: Double?) {
        guard let value else { return mean = nil }
        mean = mean.map { $0 * 0.96 + value * 0.04 } ?? value
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
