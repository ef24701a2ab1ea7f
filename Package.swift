// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import PackageDescription

/// One set of rules for every Swift target; each turns a class of silent mistakes into a compile error.
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // dynamic dispatch is visible where it happens
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency leaks into an API only on purpose
    .enableUpcomingFeature("MemberImportVisibility"),  // every file imports what it uses
]

let package = Package(
    name: "glyph",
    products: [
        .executable(name: "glyph", targets: ["glyph"])
    ],
    dependencies: [
        // Commands, flags, help and shell completion.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HTTP client for readers; speaks TLS, streams bodies, and also reaches Unix sockets.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Bytes and sockets under AsyncHTTPClient; tests force network faults with it.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "GlyphPage", swiftSettings: swiftSettings),
        .target(name: "GlyphAPI", dependencies: ["GlyphPage"], swiftSettings: swiftSettings),
        .target(
            name: "GlyphReading",
            dependencies: [
                "GlyphAPI",
                "GlyphPage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        // A library, not a test target, so that every test target can use it.
        .target(
            name: "GlyphTestSupport",
            dependencies: [
                "GlyphPage",
                "GlyphReading",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "glyph",
            dependencies: [
                "GlyphPage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(name: "GlyphAPITests", dependencies: ["GlyphAPI", "GlyphPage"], swiftSettings: swiftSettings),
        .testTarget(
            name: "GlyphReadingTests",
            dependencies: ["GlyphAPI", "GlyphPage", "GlyphReading", "GlyphTestSupport"],
            swiftSettings: swiftSettings),
    ]
)
