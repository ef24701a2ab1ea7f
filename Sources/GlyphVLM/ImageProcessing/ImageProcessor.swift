// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage
import GlyphTokens

/// Turns page images into the pixel values that the vision tower reads.
///
/// Equal to `Glm4vImageProcessor` of `transformers` 5.23 (its torchvision backend) to the last bit: the size is rounded
/// to whole image tokens within limits, resampling is bicubic with antialiasing, colours are normalised with the
/// checkpoint's mean and deviation, and patches come in the order of the image tokens with their frames repeated.
package struct ImageProcessor: Sendable {
    /// Settings of `preprocessor_config.json`.
    package let configuration: ImageProcessorConfiguration
    private let resize: SmartResize
    /// The normalised value of each 8-bit level, 256 for each channel.
    private let levels: [Float]

    /// The most pixels that an image may have before it is scaled.
    package static let largestImage = 1 << 28

    package init(_ configuration: ImageProcessorConfiguration) {
        self.configuration = configuration
        resize = SmartResize(
            cell: configuration.patchSize * configuration.mergeSize,
            frames: configuration.framesPerPatch,
            pixels: configuration.pixels,
            enlargesThinImages: true
        )
        // The reference folds the division by 255 into mean and deviation, in 32 bits.
        let scale = Float(1 / configuration.rescaleFactor)
        levels = zip(configuration.mean, configuration.deviation).flatMap { mean, deviation in
            let (mean, deviation) = (Float(mean) * scale, Float(deviation) * scale)
            return (0..<256).map { (Float($0) - mean) / deviation }
        }
    }

    /// The grid that an image of this size is cut into, without looking at its pixels.
    ///
    /// - Throws: `InputError` for sizes that no grid fits: empty, too large, or longer than 200 times the width.
    package func grid(width: Int, height: Int) throws -> ImageGrid {
        guard width > 0, height > 0, width <= 1 << 20, height <= 1 << 20, width * height <= Self.largestImage else {
            throw InputError(
                at: "image size",
                "\(width)×\(height) is out of range",
                expected: "at least one pixel and at most \(Self.largestImage)"
            )
        }
        let size = try resize.size(width: width, height: height)
        return ImageGrid(
            rows: size.height / configuration.patchSize,
            columns: size.width / configuration.patchSize,
            mergeSize: configuration.mergeSize
        )
    }

    /// The pixel values of an image, `[patches, channels × frames × side × side]`, and its grid.
    package func patches(_ image: PageImage) throws -> ImagePatches {
        let grid = try grid(width: image.width, height: image.height)
        let channelsStored = image.format == .rgb ? 3 : 1
        guard image.pixels.count == image.width * image.height * channelsStored else {
            throw InputError(
                at: "image",
                "\(image.pixels.count) bytes are not \(image.width)×\(image.height) pixels",
                expected: "\(image.width * image.height * channelsStored) bytes"
            )
        }
        let side = configuration.patchSize
        let scaled = BicubicResampler.resize(image, width: grid.columns * side, height: grid.rows * side)
        return ImagePatches(grid: grid, values: cut(scaled, grid))
    }

    private func cut(_ image: PageImage, _ grid: ImageGrid) -> [Float] {
        let side = configuration.patchSize
        let frames = configuration.framesPerPatch
        let stored = image.format == .rgb ? 3 : 1
        let area = side * side
        let length = 3 * frames * area
        return [Float](unsafeUninitializedCapacity: grid.patchCount * length) { values, count in
            image.pixels.withUnsafeBufferPointer { pixels in
                levels.withUnsafeBufferPointer { levels in
                    for (patch, place) in grid.patchPlaces.enumerated() {
                        for channel in 0..<3 {
                            let source = stored == 3 ? channel : 0
                            let first = patch * length + channel * frames * area
                            for y in 0..<side {
                                let row = ((place.row * side + y) * image.width + place.column * side) * stored + source
                                for x in 0..<side {
                                    let value = levels[channel * 256 + Int(pixels[row + x * stored])]
                                    for frame in 0..<frames { values[first + frame * area + y * side + x] = value }
                                }
                            }
                        }
                    }
                }
            }
            count = grid.patchCount * length
        }
    }
}

/// An image as the vision tower reads it.
package struct ImagePatches: Sendable {
    package let grid: ImageGrid
    /// `[grid.patchCount, channels × frames × side × side]`, row by row.
    package let values: [Float]

    init(grid: ImageGrid, values: [Float]) {
        self.grid = grid
        self.values = values
    }

    /// The number of values of one patch.
    package var patchLength: Int { values.count / grid.patchCount }
}
