// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphTensor

/// Where to compute.
struct DeviceOption: ParsableArguments {
    @Option(help: ArgumentHelp("cpu, or cuda with a libtorch that has it.", valueName: "device"))
    var device: String = "cpu"

    /// Finds the device that was asked for.
    ///
    /// - Parameter number: Which of several CUDA devices.
    /// - Returns: The device.
    /// - Throws: `InputError` for one that is unknown or not there.
    func chosen(_ number: Int = 0) throws -> Device {
        let count = Runtime.cudaDeviceCount
        switch device {
        case "cpu": return .cpu
        case "cuda" where count > number: return .cuda(number)
        case "cuda" where count > 0:
            throw InputError(
                at: "--processes",
                "each computes on a CUDA device of its own, and there \(count == 1 ? "is one" : "are \(count)")",
                expected: "at most \(count)"
            )
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
