// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import Testing

@testable import GlyphVLM

/// A case's model with what every test of it starts from.
struct ReferenceModel {
    let reference: ReferenceCase
    let model: GLM4V
    let prompt: Prompt
    let patches: [ImagePatches]

    init(_ name: String, computeType: DType = .f32, device: Device = .cpu, matrices: MatrixForm = .computeType) throws {
        reference = try ReferenceCase(name)
        model = try GLM4V(reference.folder, computeType: computeType, device: device, matrices: matrices)
        prompt = try reference.folder.promptBuilder.prompt(for: reference.chat)
        patches = try reference.images.map(reference.folder.imageProcessor.patches)
    }

    /// The images' vectors by index.
    func vectors() throws -> [Int: Tensor] {
        let vectors = try model.embed(patches)
        return Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ($0.offset, $0.element) })
    }

    /// The images' vectors with gradients to the tower.
    func recordedVectors() throws -> [Tensor] {
        try model.imageVectors(ImagePatches.tensor(of: patches, on: model.device), patches.map(\.grid))
    }

    /// Reads the prompt in parts of `size` tokens.
    func read(by size: Int, into cache: SequenceCache, _ images: [Int: Tensor]) throws -> [Float] {
        var logits: Tensor?
        while cache.count < prompt.tokens.count {
            let range = cache.count..<cache.count + min(size, prompt.tokens.count - cache.count)
            let isLast = range.upperBound == prompt.tokens.count
            logits = try model.prefill(prompt, range, images: images, into: cache, wantsLogits: isLast)
        }
        return try #require(logits).floats()
    }

    /// The most likely tokens, one after the other.
    func greedy(_ count: Int, after logits: [Float], _ cache: SequenceCache) throws -> [Int32] {
        var logits = logits
        var tokens: [Int32] = []
        while true {
            tokens.append(Int32(largest(logits)))
            if tokens.count == count { return tokens }
            logits = try model.decode([DecodeStep(token: tokens[tokens.count - 1], cache: cache)]).floats()
        }
    }
}

/// The index of the largest value, the first of equal ones.
func largest(_ values: [Float]) -> Int {
    values.indices.max { values[$0] < values[$1] } ?? 0
}

/// How far values are from the reference's, relative to the largest of those: ‖a − b‖∞ / ‖b‖∞.
func distance(_ values: [Float], _ expected: [Float]) -> Float {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(scale, .leastNormalMagnitude)
}

/// How near two ways to compute the same in 32 bits are: the order of additions leaves some 1e-6, products that take
/// numbers as two of bf16 some 1e-5, a wrong constant far more than 1e-3.
let sameInF32: Float = Runtime.splitsF32 ? 3e-4 : 1e-5

/// Expects results to be as near to each other as two correct programs are.
func expectNear(
    _ values: [Float],
    _ expected: [Float],
    within tolerance: Float = Runtime.splitsF32 ? 1e-3 : 1e-4,
    _ what: String,
    isReported: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let distance = distance(values, expected)
    if isReported { Report.add("\(what): \(distance)") }
    #expect(distance <= tolerance, "\(what) is off by \(distance)", sourceLocation: sourceLocation)
}

/// Lines for a person, appended to the file that `GLYPH_VLM_REPORT` names; `runs/engine-parity.sh` prints them.
enum Report {
    static func add(_ line: String) {
        guard let path = ProcessInfo.processInfo.environment["GLYPH_VLM_REPORT"],
            let file = FileHandle(forWritingAtPath: path)
        else { return }
        defer { try? file.close() }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data((line + "\n").utf8))
    }
}
