// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What one batch of a step came to, as numbers that processes can send each other.
struct PartResult {
    var task: TaskKind
    var loss: LossParts

    static let size = 5

    /// Its numbers; what is not there is not a number, also when others add their zeros.
    var numbers: [Float] {
        [Float(TaskKind.allCases.firstIndex(of: task) ?? 0)]
            + [loss.text, loss.glyphs, loss.textRight, loss.glyphsRight].map { Float($0 ?? .nan) }
    }

    init(_ task: TaskKind, _ loss: LossParts) { (self.task, self.loss) = (task, loss) }

    init(numbers: ArraySlice<Float>) {
        let values = numbers.map { $0.isNaN ? nil : Double($0) }
        task = TaskKind.allCases[Int(numbers[numbers.startIndex])]
        loss = LossParts(text: values[1], glyphs: values[2], textRight: values[3], glyphsRight: values[4])
    }
}
