// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Cuts pieces at a fixed string.
struct LiteralSplitter {
    private let literal: [UInt8]
    private let keepsMatches: Bool
    private let keepsRest: Bool

    init(_ literal: String, _ behavior: PreTokenizerStage.Behavior, inverted: Bool) {
        self.literal = Array(literal.utf8)
        keepsMatches = behavior == .isolated || inverted
        keepsRest = behavior == .isolated || !inverted
    }

    /// The pieces of `bytes` as ranges, in order.
    func pieces(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard !literal.isEmpty else { return bytes.isEmpty ? [] : [0..<bytes.count] }
        var result: [Range<Int>] = []
        var position = 0
        var index = 0
        while index + literal.count <= bytes.count {
            let match = index..<index + literal.count
            guard bytes[match].elementsEqual(literal) else {
                index += 1
                continue
            }
            if keepsRest, position < index { result.append(position..<index) }
            if keepsMatches { result.append(match) }
            index = match.upperBound
            position = index
        }
        if keepsRest, position < bytes.count { result.append(position..<bytes.count) }
        return result
    }
}
