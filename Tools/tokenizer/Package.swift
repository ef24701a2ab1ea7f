// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import PackageDescription

/// The tool that trains and measures the default tokenizer.
///
/// It is a package of its own, with links to the library's sources, so that it builds in seconds and without the
/// network dependencies of the main one.
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "glyph",  // the same name, so that the resource bundle is found under the same name
    targets: [
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "GlyphPage", dependencies: ["CCrypto"], swiftSettings: swiftSettings),
        .target(
            name: "GlyphTokens",
            dependencies: ["GlyphPage"],
            resources: [.copy("Resources/default.bpe")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "glyph-tokenizer", dependencies: ["GlyphPage", "GlyphTokens"], swiftSettings: swiftSettings),
    ]
)
