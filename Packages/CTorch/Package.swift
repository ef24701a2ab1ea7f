// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import PackageDescription

// A package of its own so that its one product is a shared library: `Tools/build-ctorch.sh` replaces that file by one
// built against another libtorch, and the Swift programs that were linked with this one run on.
let package = Package(
    name: "CTorch",
    products: [.library(name: "CTorch", type: .dynamic, targets: ["CTorch"])],
    targets: [
        .target(
            name: "CTorch",
            // Kernels that are not optimised make every debug run and every test needlessly slow.
            cxxSettings: [.unsafeFlags(["-O3", "-g0", "-fvisibility=hidden"])],
            linkerSettings: [.linkedLibrary("torch_cpu"), .linkedLibrary("c10"), .linkedLibrary("gomp")]
        )
    ],
    cxxLanguageStandard: .cxx17
)
