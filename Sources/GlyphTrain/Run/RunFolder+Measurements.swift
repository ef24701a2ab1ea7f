// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

extension RunFolder {
    /// Leaves out the measurements of steps that a run that was killed will do again.
    func forgetMeasurements(after step: Int) throws {
        for file in ["metrics.jsonl", "samples.jsonl"].map({ "\(path)/\($0)" }) {
            guard let bytes = ResourceFile.read(file) else { continue }
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            let kept = lines.prefix { line in
                let number = line.dropFirst(#"{"step": "#.utf8.count).prefix { $0 != UInt8(ascii: ",") }
                return (Int(String(decoding: number, as: UTF8.self)) ?? .max) <= step && line.last == UInt8(ascii: "}")
            }
            guard kept.count < lines.count else { continue }
            try ResourceFile.write(Array(kept.map { $0 + [10] }.joined()), to: file)
        }
    }

    /// Adds a line to the measurements.
    func log(_ report: Trainer.Report) throws {
        func field(_ name: String, _ value: Double?, _ digits: Int) -> String {
            guard let value else { return "" }
            return ", \"\(name)\": " + String(format: "%.\(digits)f", value)
        }
        var line = "{\"step\": \(report.step), \"stage\": \(report.stage.jsonLiteral)"
        line +=
            field("rate", report.rate, 8) + field("norm", report.gradientNorm, 4) + field("seconds", report.seconds, 3)
        line += field("textLoss", report.textLoss, 5) + field("textRight", report.textRight, 5)
        line += field("glyphsRight", report.glyphsRight, 5)
        for (task, share) in report.tasks.sorted(by: { $0.key < $1.key }) { line += field("right.\(task)", share, 5) }
        if let evaluation = report.evaluation {
            line += field("heldOutGlyphsRight", evaluation.glyphsRight, 5)
            line += field("heldOutTextRight", evaluation.textRight, 5)
            line += field("heldOutCharacterErrors", evaluation.characterErrors, 3)
            for (task, share) in evaluation.answersRight.sorted(by: { $0.key < $1.key }) {
                line += field("heldOutRight.\(task)", share, 5)
            }
        }
        try append(line + "}\n", to: "metrics.jsonl")
        let samples = report.evaluation?.samples ?? []
        let lines = samples.map { sample in
            "{\"step\": \(report.step), \"task\": \(sample.task.jsonLiteral), "
                + "\"wanted\": \(sample.wanted.jsonLiteral), \"said\": \(sample.said.jsonLiteral)}\n"
        }
        if !lines.isEmpty { try append(lines.joined(), to: "samples.jsonl") }
    }

    private func append(_ text: String, to name: String) throws {
        let file = "\(path)/\(name)"
        if !FileManager.default.fileExists(atPath: file) { try ResourceFile.write([], to: file) }
        guard let handle = FileHandle(forWritingAtPath: file) else {
            throw InputError(at: file, "the file cannot be written")
        }
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
    }
}
