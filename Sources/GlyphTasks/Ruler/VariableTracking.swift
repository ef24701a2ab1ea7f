// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension RulerFrame {
    /// `vt`: a value is assigned to a variable, that to the next, and so on, between lines of noise.
    func variableTracking(chains: Int, hops: Int) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        var names: [String] = []
        while names.count < chains * (hops + 1) {
            let name = String(
                decoding: (0..<5).map { _ in UInt8.random(in: 65...90, using: &generator) },
                as: UTF8.self
            )
            if !names.contains(name) { names.append(name) }
        }
        let values = (0..<chains).map { _ in String(Int.random(in: 10_000..<99_999, using: &generator)) }
        let lines = (0..<chains).map { chain in
            (0...hops).map { hop in
                let name = names[chain * (hops + 1) + hop]
                return hop == 0
                    ? "VAR \(name) = \(values[chain])" : "VAR \(name) = VAR \(names[chain * (hops + 1) + hop - 1]) "
            }
        }
        var example = example(
            instruction: "Memorize and track the chain(s) of variable assignment hidden in the following text.",
            question: "Question: Find all variables that are assigned the value \(values[0]) in the text above.",
            answerPrefix: "Answer: According to the chain(s) of variable assignment in the text above, \(hops + 1) "
                + "variables are assigned the value \(values[0]), they are:",
            around: ("\n\n", "\n"),
            expected: Array(names[...hops])
        )
        let noise = NeedleTask.noise
        let placement = generator.next()
        func context(_ count: Int) -> (text: String, evidence: [SourceRange]) {
            var generator = SplitMix64(state: placement)
            var pieces = (0..<count).map { _ in (line: noise, isEvidence: false) }
            for (index, chain) in lines.enumerated() {
                let places =
                    pieces.count >= chain.count
                    ? Array((0..<pieces.count).shuffled(using: &generator).prefix(chain.count)).sorted()
                    : Array(repeating: 0, count: chain.count)
                for (offset, place) in places.enumerated() {
                    pieces.insert((chain[offset], index == 0), at: place + offset)
                }
            }
            return Self.joined(pieces)
        }
        guard let fit = room(for: example).fill(unit: noise.utf8.count, { context($0).text }) else { throw tooShort() }
        example.context = fit.text
        example.evidence = context(fit.count).evidence
        return example
    }

    /// Lines joined, and where those lie that are evidence.
    private static func joined(_ pieces: [(line: String, isEvidence: Bool)]) -> (text: String, evidence: [SourceRange])
    {
        var text = ""
        var evidence: [SourceRange] = []
        for piece in pieces {
            if !text.isEmpty { text += "\n" }
            let start = text.utf8.count
            text += piece.line
            if piece.isEvidence { evidence.append(SourceRange(start, text.utf8.count)) }
        }
        return (text, evidence)
    }
}
