// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A page as a response carries it: its number, size and digest, and the PNG file in base64.
///
/// Written by hand: base64 is most of what the service sends, and an encoder would look at every digit of it again.
enum PagePicture {
    /// Writes the JSON object of a page.
    static func write(_ page: EncodedPage, sha256: String, into buffer: inout ByteBuffer) {
        buffer.writeString(#"{"height":\#(page.height),"number":\#(page.number),"png":""#)
        buffer.writeBytes(Data(page.png).base64EncodedData())
        buffer.writeString(#"","sha256":"\#(sha256)","width":\#(page.width)}"#)
    }

    /// Room for a page's object.
    static func capacity(_ page: EncodedPage) -> Int { page.png.count * 4 / 3 + 256 }
}
