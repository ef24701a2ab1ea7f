// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphTensor

/// Where to compute.
struct DeviceOption: ParsableArguments {
    @Option(help: ArgumentHelp("cpu, or cuda with a libtorch that has it.", valueName: "device"))
    var device: String = "cpu"

    /// The device that was asked for.
    ///
    /// - Throws: `InputError` for one that is unknown or not there.
    func chosen() throws -> Device {
        switch device {
        case "cpu": return .cpu
        case "cuda" where Runtime.cudaDeviceCount > 0: return .cuda(0)
        case "cuda":
            throw InputError(
                at: "--device",
                "libtorch \(Runtime.version) finds no CUDA device",
                expected: "cpu, or a libtorch with CUDA",
                remedy: "Build the shim against one: Tools/build-ctorch.sh LIBTORCH_DIR"
            )
        default: throw InputError(at: "--device", "\"\(device)\" is unknown", expected: "cpu or cuda")
        }
    }
}
