// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import PackageDescription

/// One set of rules for every Swift target; each turns a class of silent mistakes into a compile error.
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // dynamic dispatch is visible where it happens
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency leaks into an API only on purpose
    .enableUpcomingFeature("MemberImportVisibility"),  // every file imports what it uses
]

/// The parts of SwiftNIO that the reader and the fault-forcing test server use.
let nio: [Target.Dependency] = ["NIOCore", "NIOHTTP1", "NIOPosix"].map { .product(name: $0, package: "swift-nio") }

let package = Package(
    name: "glyph",
    products: [
        .executable(name: "glyph", targets: ["glyph"]),
        .library(name: "GlyphRendering", targets: ["GlyphPage", "GlyphTypeset", "GlyphRaster", "GlyphDocuments"]),
        .library(name: "GlyphTokens", targets: ["GlyphTokens"]),
        .library(name: "GlyphReading", targets: ["GlyphAPI", "GlyphReading"]),
    ],
    dependencies: [
        // Commands, flags, help and shell completion.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HTTP client for readers; speaks TLS, streams bodies, and also reaches Unix sockets.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Bytes and sockets under AsyncHTTPClient; tests force network faults with it.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // HTTP server of the engine and the service; only its core, without the router and without swift-configuration.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        // Hummingbird's types of heads and fields; its core hands them out but does not re-export them.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The logger that Hummingbird's server wants.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // SQLite for what the service keeps: transactions that survive a kill, and errors as values.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Values that every stage shares.
        .target(name: "GlyphPage", dependencies: ["CCrypto"], swiftSettings: swiftSettings),
        // Files, folders, archives and standard input become documents.
        .target(
            name: "GlyphDocuments",
            dependencies: ["GlyphPage", "CArchive", "CMarkup", "CUnicode"],
            swiftSettings: swiftSettings
        ),
        // Text and fonts become positioned glyphs.
        .target(
            name: "GlyphTypeset",
            dependencies: ["GlyphPage", "CFreeType", "CHarfBuzz", "CUnicode"],
            resources: [.copy("Resources/Fonts")],
            swiftSettings: swiftSettings
        ),
        // Positioned glyphs become pixels and PNG bytes.
        .target(
            name: "GlyphRaster",
            dependencies: ["GlyphPage", "GlyphTypeset", "CBlend", "CFreeType", "CDeflate"],
            swiftSettings: swiftSettings
        ),
        // Text tokens (byte-level BPE and its trainer) and image tokens (what a reader charges for a page).
        .target(
            name: "GlyphTokens",
            dependencies: ["GlyphPage"],
            resources: [.copy("Resources/default.bpe")],
            swiftSettings: swiftSettings
        ),
        // Long-context tasks and metrics: make an example, build its prompt, score an answer.
        .target(name: "GlyphTasks", dependencies: ["GlyphPage", "GlyphTokens"], swiftSettings: swiftSettings),
        // The wire contract: OpenAI's chat completions and server-sent events.
        .target(name: "GlyphAPI", dependencies: ["GlyphPage"], swiftSettings: swiftSettings),
        // Pages and a question become a streamed answer.
        .target(
            name: "GlyphReading",
            dependencies: [
                "GlyphAPI", "GlyphPage", "GlyphTypeset", "GlyphRaster", "GlyphTokens",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ] + nio,
            resources: [.copy("Resources/Tasks")],
            swiftSettings: swiftSettings
        ),
        // What both servers do with a request and its response: bodies, event streams, errors in OpenAI's shape.
        .target(
            name: "GlyphHTTP",
            dependencies: [
                "GlyphAPI", "GlyphPage",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        // The service: a web page and an API that turns long text into pages before a reader sees it.
        .target(
            name: "GlyphServer",
            dependencies: [
                "GlyphAPI", "GlyphDocuments", "GlyphHTTP", "GlyphPage", "GlyphRaster", "GlyphReading", "GlyphTokens",
                "GlyphTypeset", "CDeflate",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.copy("Resources/Page")],
            swiftSettings: swiftSettings
        ),
        // One model serves many conversations: batching, caches, sampling, and the HTTP server over it.
        .target(
            name: "GlyphEngine",
            dependencies: [
                "GlyphAPI", "GlyphHTTP", "GlyphPage", "GlyphTokens", "CImageCodecs",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "glyph",
            dependencies: [
                "GlyphPage", "GlyphDocuments", "GlyphTypeset", "GlyphRaster", "GlyphTokens", "GlyphTasks", "GlyphAPI",
                "GlyphReading", "GlyphServer", "CProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),

        // Debian's C libraries. System modules where headers are plain, a C shim where a library hides behind macros.
        .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
        // libarchive and libxml2, loaded when an archive or mark-up is read.
        .target(name: "CArchive"),
        .target(name: "CMarkup"),
        .target(name: "CDeflate", linkerSettings: [.linkedLibrary("isal")]),
        .target(name: "CBlend"),
        .target(name: "CHarfBuzz"),
        // Memory and processors, as the C library and the system have them.
        .target(name: "CProcess"),
        .target(
            name: "CImageCodecs",
            linkerSettings: [.linkedLibrary("png16"), .linkedLibrary("jpeg"), .linkedLibrary("webp")]
        ),
        // icui18n has the detector of encodings.
        .target(name: "CUnicode", linkerSettings: [.linkedLibrary("icui18n"), .linkedLibrary("icuuc")]),

        // A library, not a test target, so that every test target can use it.
        .target(
            name: "GlyphTestSupport",
            dependencies: [
                "GlyphAPI", "GlyphEngine", "GlyphPage", "GlyphReading", "GlyphTokens",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ] + nio,
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphDocumentsTests",
            dependencies: ["GlyphPage", "GlyphDocuments", "GlyphTestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphTypesetTests",
            dependencies: ["GlyphPage", "GlyphTypeset"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphRasterTests",
            dependencies: ["CBlend", "CDeflate", "CProcess", "GlyphPage", "GlyphRaster", "GlyphTypeset"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphTokensTests",
            dependencies: ["GlyphPage", "GlyphTokens"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphTasksTests",
            dependencies: ["GlyphPage", "GlyphTasks", "GlyphTestSupport", "GlyphTokens"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(name: "GlyphAPITests", dependencies: ["GlyphAPI", "GlyphPage"], swiftSettings: swiftSettings),
        .testTarget(
            name: "GlyphEngineTests",
            dependencies: [
                "GlyphAPI", "GlyphEngine", "GlyphPage", "GlyphTestSupport", "GlyphTokens", "CDeflate",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphServerTests",
            dependencies: [
                "GlyphAPI", "GlyphHTTP", "GlyphPage", "GlyphReading", "GlyphServer", "GlyphTestSupport", "GlyphTokens",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ] + nio,
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphReadingTests",
            dependencies: ["GlyphAPI", "GlyphPage", "GlyphReading", "GlyphTestSupport", "GlyphTokens", "GlyphTypeset"],
            swiftSettings: swiftSettings
        ),
    ]
)

// Models run only where this package is the root: SwiftPM accepts no local package inside of a dependency, and the
// libraries that others use need no tensors.
let shim = "\(Context.packageDirectory)/Packages/CTorch/Package.swift"
if !Context.packageDirectory.contains("/checkouts/"), FileManager.default.fileExists(atPath: shim) {
    package.products.append(.executable(name: "glyph-engine", targets: ["glyph-engine"]))
    // libtorch behind C, as a shared library of its own that can be rebuilt against another libtorch.
    package.dependencies.append(.package(path: "Packages/CTorch"))
    package.targets += [
        // Tensors, gradients and safetensors; the only importer of CTorch. `glyph` must never depend on it: loading
        // libtorch takes half a second, and rendering must build where libtorch is not installed.
        .target(
            name: "GlyphTensor",
            dependencies: ["GlyphPage", .product(name: "CTorch", package: "CTorch")],
            swiftSettings: swiftSettings
        ),
        // GLM-4.1V: configuration, image processing, prompts and, over tensors, the model itself.
        .target(
            name: "GlyphVLM",
            dependencies: ["GlyphPage", "GlyphTensor", "GlyphTokens"],
            swiftSettings: swiftSettings
        ),
        // Text becomes pages, pages become batches, and batches a model that reads.
        .target(
            name: "GlyphTrain",
            dependencies: [
                "GlyphPage", "GlyphRaster", "GlyphTasks", "GlyphTensor", "GlyphTokens", "GlyphTypeset", "GlyphVLM",
            ],
            swiftSettings: swiftSettings
        ),
        // A program of its own: `glyph` must start without a tensor library or a server.
        .executableTarget(
            name: "glyph-engine",
            dependencies: [
                "GlyphEngine", "GlyphPage", "GlyphTensor", "GlyphTokens", "GlyphTrain", "GlyphVLM",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphTensorTests",
            dependencies: ["GlyphPage", "GlyphTensor"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphTrainTests",
            dependencies: [
                "GlyphPage", "GlyphTasks", "GlyphTensor", "GlyphTokens", "GlyphTrain", "GlyphTypeset", "GlyphVLM",
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GlyphVLMTests",
            dependencies: ["GlyphPage", "GlyphTensor", "GlyphTokens", "GlyphVLM"],
            resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings
        ),
    ]
}
