// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A checkpoint's `preprocessor_config.json`.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `size.shortest_edge`, `size.longest_edge` | least and most pixels, all frames of a patch counted | required |
/// | `patch_size`, `temporal_patch_size`, `merge_size` | as in `vision_config` | 14, 2, 2 |
/// | `image_mean`, `image_std` | of each colour, after scaling to 0…1 | those of CLIP |
/// | `rescale_factor` | | 1/255 |
/// | `do_resize`, `do_rescale`, `do_normalize` | only true is supported | true |
/// | `resample` | only 3, bicubic, is supported | 3 |
package struct ImageProcessorConfiguration: Sendable, Equatable {
    /// The least and the most pixels of an image; the frames that a still image is repeated into all count.
    package var pixels: ClosedRange<Int>
    package var patchSize: Int
    package var framesPerPatch: Int
    package var mergeSize: Int
    package var mean: [Double]
    package var deviation: [Double]
    package var rescaleFactor: Double

    /// Mean and deviation of the colours that CLIP was trained with, which the family kept.
    private static let clip = (
        mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711]
    )

    /// Reads the content of a `preprocessor_config.json`; `source` is its name, for messages.
    package init(json: [UInt8], source: String = "preprocessor_config.json") throws {
        var fields = try JSONFields(file: json, source: source)
        try self.init(&fields)
    }

    init(_ fields: inout JSONFields) throws {
        fields.ignore(Self.withoutEffect)
        // GLM-OCR's is named after GLM-4.6V; the two do the same.
        let names = ["Glm4vImageProcessor", "Glm46VImageProcessor"]
        try fields.word("image_processor_type", oneOf: names + names.map { "\($0)Fast" })
        for key in ["do_resize", "do_rescale", "do_normalize"] {
            guard try fields.bool(key, default: true) else {
                throw InputError(at: fields.location(key), "false is not supported", expected: "true")
            }
        }
        _ = try fields.int("resample", in: 3...3, default: 3)
        guard var size = try fields.object("size") else {
            throw InputError(at: fields.location("size"), "the field is missing", expected: "an object")
        }
        let least = try size.int("shortest_edge", in: 1...1 << 32)
        pixels = least...(try size.int("longest_edge", in: least...1 << 32))
        try size.finishCheckpoint()
        patchSize = try fields.int("patch_size", in: 1...1_024, default: 14)
        framesPerPatch = try fields.int("temporal_patch_size", in: 1...16, default: 2)
        mergeSize = try fields.int("merge_size", in: 1...16, default: 2)
        mean = fields.has("image_mean") ? try fields.numbers("image_mean", count: 3) : Self.clip.mean
        deviation = fields.has("image_std") ? try fields.numbers("image_std", count: 3) : Self.clip.deviation
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw InputError(
                at: fields.location("image_std"),
                "a deviation is not above 0",
                expected: "numbers above 0"
            )
        }
        rescaleFactor = try fields.positive("rescale_factor", default: 1 / 255)
        try fields.finishCheckpoint()
    }

    /// Throws unless the processor cuts images as the vision tower expects them.
    func check(against vision: VisionConfiguration, source: String) throws {
        for (key, here, there) in [
            ("patch_size", patchSize, vision.patchSize), ("temporal_patch_size", framesPerPatch, vision.framesPerPatch),
            ("merge_size", mergeSize, vision.mergeSize),
        ] where here != there {
            throw InputError(
                at: "\(source): \(key)",
                "\(here) differs from the vision tower's \(there)",
                expected: "the value in config.json"
            )
        }
    }

    /// Fields about the file, or about other programs; the colours of a `PageImage` are RGB or grey already.
    private static let withoutEffect = [
        "processor_class", "do_convert_rgb", "data_format", "input_data_format", "default_to_square", "device",
        "disable_grouping", "return_tensors", "crop_size", "do_center_crop", "do_pad", "pad_size", "image_token",
        "image_seq_length",
    ]
}
