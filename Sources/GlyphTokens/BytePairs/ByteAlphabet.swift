// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The printable stand-ins that byte-level tokenizer files use for the 256 bytes (`Ġ` is a space).
///
/// GPT-2 introduced the mapping so that a vocabulary of arbitrary bytes could be stored as text; it matters only when
/// reading and writing `tokenizer.json`.
enum ByteAlphabet {
    /// The stand-in of each byte.
    static let scalars: [Unicode.Scalar] = {
        var nextSubstitute: UInt32 = 256
        return (0..<256).map { (byte: UInt32) -> Unicode.Scalar in
            var value = byte
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: break
            default:
                value = nextSubstitute
                nextSubstitute += 1
            }
            return Unicode.Scalar(value) ?? "\u{FFFD}"
        }
    }()

    /// The byte of each stand-in, indexed by scalar value; -1 where a scalar stands for none.
    private static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 512)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = Int16(byte) }
        return table
    }()

    /// The bytes that a token spelled in stand-ins denotes, or nothing if it has any other character.
    static func bytes(spelledBy text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value < 512, bytes[Int(scalar.value)] >= 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: bytes[Int(scalar.value)]))
        }
        return result
    }

    /// A token spelled in stand-ins.
    static func spelling(of token: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in token { text.append(scalars[Int(byte)]) }
        return String(text)
    }
}
