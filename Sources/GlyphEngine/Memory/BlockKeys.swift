// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Names for the blocks of a prompt: each names all that was read up to its end.
///
/// A block's keys and values depend on every token and image before it, so its name is a digest of the block before it,
/// its own tokens, and the digests of the images it touches with their places. Equal names mean equal contents,
/// whoever asked.
enum BlockKeys {
    /// The names of a prompt's full blocks, in order.
    ///
    /// - Parameters:
    ///   - prompt: The prompt.
    ///   - length: Positions in a block.
    ///   - root: What the model is; blocks of different models must never meet on disk.
    /// - Returns: One name for each full block.
    static func make(_ prompt: EnginePrompt, blockLength length: Int, root: String) -> [String] {
        var keys: [String] = []
        var previous = root
        var nextImage = 0
        for start in stride(from: 0, through: prompt.tokens.count - length, by: length) {
            let block = start..<start + length
            var bytes = Array(previous.utf8)
            bytes.reserveCapacity(bytes.count + length * 4)
            for token in prompt.tokens[block] {
                withUnsafeBytes(of: token.littleEndian) { bytes.append(contentsOf: $0) }
            }
            while nextImage < prompt.images.count, prompt.images[nextImage].range.upperBound <= start { nextImage += 1 }
            for image in prompt.images[nextImage...].prefix(while: { $0.range.lowerBound < block.upperBound }) {
                bytes.append(contentsOf: "|\(image.range.lowerBound - start),\(image.range.count),".utf8)
                bytes.append(contentsOf: image.file.digest.utf8)
            }
            previous = Digest.sha256(bytes)
            keys.append(previous)
        }
        return keys
    }
}
