// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import GlyphPage

/// Where an image is; Glyph sends every page inside the request as a `data:` URL.
public struct ImageURL: Codable, Sendable, Equatable {
    /// An `http(s)` or `data:` URL.
    public var url: String
    /// OpenAI's `low`, `high` or `auto`; other servers ignore it.
    public var detail: String?

    public init(url: String, detail: String? = nil) {
        self.url = url
        self.detail = detail
    }

    /// Wraps the bytes of a PNG file; the URL is a third longer than the file.
    public init(png: [UInt8]) {
        self.init(url: Self.pngPrefix + Data(png).base64EncodedString())
    }

    /// The bytes of a `data:` URL with base64 content.
    ///
    /// - Throws: `InputError` for any other URL. Nothing is ever fetched: a server that followed links in a request
    ///   could be made to reach addresses only it can see.
    public func bytes() throws -> [UInt8] {
        guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ","), url[..<comma].hasSuffix(";base64"),
            let data = Data(base64Encoded: String(url[url.index(after: comma)...]))
        else {
            throw InputError(
                at: "image_url.url",
                "not a base64 data URL (starts with \"\(url.prefix(32))\")",
                expected: "\(Self.pngPrefix)…"
            )
        }
        return Array(data)
    }

    private static let pngPrefix = "data:image/png;base64,"
}
