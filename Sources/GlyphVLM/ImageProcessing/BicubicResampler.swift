// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Scales 8-bit images as the reference's image processor does, bit for bit.
///
/// Separable cubic convolution (Keys, a = −0.5) whose support grows when an image shrinks, columns first. Weights are
/// 16-bit whole numbers with as many fractional bits as the largest of them leaves room for, and each pass rounds to
/// 8 bits: what torch's `_upsample_bicubic2d_aa` does with 8-bit images.
enum BicubicResampler {
    /// The image at a new size; the same image where the size is its own.
    static func resize(_ image: PageImage, width: Int, height: Int) -> PageImage {
        let channels = image.format == .rgb ? 3 : 1
        var pixels = image.pixels
        if width != image.width {
            let taps = Taps(from: image.width, to: width)
            pixels = scaleRows(pixels, taps, width: image.width, height: image.height, channels: channels)
        }
        if height != image.height {
            let taps = Taps(from: image.height, to: height)
            pixels = scaleColumns(pixels, taps, rowLength: width * channels)
        }
        return PageImage(width: width, height: height, format: image.format, pixels: pixels)
    }

    /// For each output index the first input index and the weights from there.
    private struct Taps {
        var starts: [Int] = []
        var counts: [Int] = []
        /// `stride` weights for each output index, zero behind its count.
        var weights: [Int32] = []
        let stride: Int
        let precision: Int32

        init(from input: Int, to output: Int) {
            let scale = Double(input) / Double(output)
            let support = scale >= 1 ? 2 * scale : 2
            let inverse = scale >= 1 ? 1 / scale : 1
            let stride = Int(support.rounded(.up)) * 2 + 1
            var exact: [Double] = []
            exact.reserveCapacity(output * stride)
            for index in 0..<output {
                let center = scale * (Double(index) + 0.5)
                let start = max(Int(center - support + 0.5), 0)
                let count = min(max(min(Int(center + support + 0.5), input) - start, 0), stride)
                var row = (0..<count).map { Self.cubic((Double($0 + start) - center + 0.5) * inverse) }
                let total = row.reduce(0, +)
                if total != 0 { for tap in row.indices { row[tap] /= total } }
                exact += row + Array(repeating: 0, count: stride - count)
                starts.append(start)
                counts.append(count)
            }
            let largest = exact.max() ?? 1
            var precision = 0
            while precision < 22, Int(0.5 + largest * Double(1 << (precision + 1))) < 1 << 15 { precision += 1 }
            weights = exact.map { Int32($0 * Double(1 << precision) + ($0 < 0 ? -0.5 : 0.5)) }
            self.stride = stride
            self.precision = Int32(precision)
        }

        private static func cubic(_ distance: Double) -> Double {
            let a = -0.5
            let x = abs(distance)
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        }
    }

    private static func clamped(_ sum: Int32, _ precision: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: min(max(sum >> precision, 0), 255))
    }

    private static func scaleRows(
        _ pixels: [UInt8],
        _ taps: Taps,
        width: Int,
        height: Int,
        channels: Int
    ) -> [UInt8] {
        let newWidth = taps.starts.count
        let half: Int32 = 1 << (taps.precision - 1)
        return [UInt8](unsafeUninitializedCapacity: newWidth * height * channels) { output, count in
            pixels.withUnsafeBufferPointer { input in
                taps.weights.withUnsafeBufferPointer { weights in
                    for y in 0..<height {
                        for x in 0..<newWidth {
                            let first = (y * width + taps.starts[x]) * channels
                            for channel in 0..<channels {
                                var sum = half
                                for tap in 0..<taps.counts[x] {
                                    sum &+=
                                        weights[x * taps.stride + tap]
                                        &* Int32(input[first + tap * channels + channel])
                                }
                                output[(y * newWidth + x) * channels + channel] = clamped(sum, taps.precision)
                            }
                        }
                    }
                }
            }
            count = newWidth * height * channels
        }
    }

    private static func scaleColumns(_ pixels: [UInt8], _ taps: Taps, rowLength: Int) -> [UInt8] {
        let newHeight = taps.starts.count
        let half: Int32 = 1 << (taps.precision - 1)
        var sums = [Int32](repeating: half, count: rowLength)
        return [UInt8](unsafeUninitializedCapacity: newHeight * rowLength) { output, count in
            pixels.withUnsafeBufferPointer { input in
                sums.withUnsafeMutableBufferPointer { sums in
                    for y in 0..<newHeight {
                        sums.update(repeating: half)
                        for tap in 0..<taps.counts[y] {
                            let weight = taps.weights[y * taps.stride + tap]
                            let row = (taps.starts[y] + tap) * rowLength
                            for x in 0..<rowLength { sums[x] &+= weight &* Int32(input[row + x]) }
                        }
                        for x in 0..<rowLength { output[y * rowLength + x] = clamped(sums[x], taps.precision) }
                    }
                }
            }
            count = newHeight * rowLength
        }
    }
}
