// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A document's text: valid UTF-8, held once and shared by every stage.
///
/// Every `SourceRange` in the project counts bytes of this buffer.
public struct SourceText: Sendable {
    /// The bytes, valid UTF-8 without a byte-order mark.
    public let utf8: [UInt8]

    /// Takes bytes that must already be UTF-8; a leading byte-order mark is removed.
    ///
    /// - Throws: `InputError` naming the first offending byte.
    public init(validating bytes: [UInt8], from location: String) throws {
        if let offset = UTF8Validation.firstInvalidOffset(in: bytes) {
            throw InputError(
                at: "\(location): byte \(offset)",
                "0x\(String(bytes[offset], radix: 16)) is not valid UTF-8 here",
                expected: "UTF-8 text",
                remedy: "Convert it first, for example with iconv -f GB18030 -t UTF-8"
            )
        }
        utf8 = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    public init(_ text: String) {
        utf8 = Array(text.utf8)
    }

    /// Takes bytes that are known to be UTF-8, without a look at them: pieces of UTF-8 put together, or a text some of whose
    /// bytes were replaced one for one, so that every source range stays valid.
    public init(unchecked bytes: [UInt8]) {
        utf8 = bytes
    }
}
