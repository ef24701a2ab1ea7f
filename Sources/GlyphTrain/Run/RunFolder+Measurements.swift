// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

extension RunFolder {
    /// The names of the files with measurements that hold something.
    var measurements: [String] {
        ["metrics.jsonl", "samples.jsonl"].filter { ResourceFile.read("\(path)/\($0)")?.isEmpty == false }
    }

    /// Refuses to begin anew over the measurements of a run whose checkpoints are gone.
    ///
    /// A run that was killed before its first checkpoint does its steps again, and its measurements may go. One that got
    /// further had a checkpoint; somebody took it away, and the measurements are all that is left.
    ///
    /// - Parameters:
    ///   - interval: After how many steps the run writes a checkpoint.
    ///   - last: The run's last step, after which it writes one as well.
    /// - Throws: `InputError` that says what to do.
    func checkMeasurements(saving interval: Int, last: Int) throws {
        guard let bytes = ResourceFile.read("\(path)/metrics.jsonl") else { return }
        let steps = bytes.split(separator: UInt8(ascii: "\n")).compactMap(Self.step(of:)).max() ?? 0
        // After step `interval` itself the first checkpoint may just not have been complete.
        guard steps > interval || steps >= last else { return }
        throw InputError(
            at: "\(path)/metrics.jsonl",
            "holds measurements of \(steps) steps, but the checkpoints of these are gone",
            expected: "a checkpoint that the run can go on from",
            remedy: "Put them back, move \(measurements.joined(separator: " and ")) elsewhere to begin anew, "
                + "or choose another --output"
        )
    }

    /// Leaves out the measurements of steps that a run that was killed will do again, and a last line that was cut off.
    func forgetMeasurements(after step: Int) throws {
        for file in measurements.map({ "\(path)/\($0)" }) {
            guard let bytes = ResourceFile.read(file) else { continue }
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            var kept = lines
            if let last = kept.last, last.last != UInt8(ascii: "}") { kept.removeLast() }
            // A line that names no step is not of the run's making, and nothing that it makes again.
            kept.removeAll { Self.step(of: $0).map { $0 > step } ?? false }
            guard kept.count < lines.count else { continue }
            try ResourceFile.write(Array(kept.map { $0 + [10] }.joined()), to: file)
        }
    }

    /// The step that a line of measurements is about.
    private static func step(of line: ArraySlice<UInt8>) -> Int? {
        let start = Array(#"{"step": "#.utf8)
        guard line.starts(with: start) else { return nil }
        return Int(String(decoding: line.dropFirst(start.count).prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self))
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
