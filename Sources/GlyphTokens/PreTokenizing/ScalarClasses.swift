// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What the pre-tokeniser patterns can ask about one Unicode scalar; each scalar has exactly one of the first five.
struct ScalarClass: OptionSet, Sendable {
    let rawValue: UInt8

    static let letter = ScalarClass(rawValue: 1)  // \p{L}
    static let number = ScalarClass(rawValue: 2)  // \p{N}
    static let space = ScalarClass(rawValue: 4)  // \s, the White_Space property
    static let mark = ScalarClass(rawValue: 8)  // \p{M}
    static let other = ScalarClass(rawValue: 16)  // all the rest, and bytes that are not UTF-8
    static let upperish = ScalarClass(rawValue: 32)  // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
    static let lowerish = ScalarClass(rawValue: 64)  // [\p{Ll}\p{Lm}\p{Lo}\p{M}]
    static let newline = ScalarClass(rawValue: 128)  // [\r\n]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Classifies a scalar from the standard library's Unicode tables.
    ///
    /// Scalars younger than Unicode 16 count as unassigned, because the regex engine inside the reference
    /// implementation (`tokenizers` 0.23) stops there and ids have to agree with it.
    init(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if properties.isWhitespace {
            self = scalar == "\n" || scalar == "\r" ? [.space, .newline] : .space
            return
        }
        guard let age = properties.age, age.major <= 16 else {
            self = .other
            return
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: self = [.letter, .upperish]
        case .lowercaseLetter: self = [.letter, .lowerish]
        case .modifierLetter, .otherLetter: self = [.letter, .upperish, .lowerish]
        case .nonspacingMark, .spacingMark, .enclosingMark: self = [.mark, .upperish, .lowerish]
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = .other
        }
    }
}

/// The class of every scalar met so far, one byte each in pages of 256 filled on first use.
///
/// A full table would cost 60 ms at start; text uses a handful of pages. Not thread-safe: each encoder owns one.
final class ScalarClassCache {
    /// The classes of U+0000…U+00FF, for reading single bytes without a call.
    let firstPage: UnsafeMutablePointer<ScalarClass>
    private let pages: UnsafeMutablePointer<UnsafeMutablePointer<ScalarClass>?>
    private static let pageCount = 0x1100

    init() {
        pages = .allocate(capacity: Self.pageCount)
        pages.initialize(repeating: nil, count: Self.pageCount)
        firstPage = Self.makePage(0)
        pages[0] = firstPage
    }

    deinit {
        for index in 0..<Self.pageCount { pages[index]?.deallocate() }
        pages.deallocate()
    }

    @inline(never)  // kept out of the loops that classify bytes
    private func fillPage(_ index: Int) -> UnsafeMutablePointer<ScalarClass> {
        let page = Self.makePage(index)
        pages[index] = page
        return page
    }

    private static func makePage(_ index: Int) -> UnsafeMutablePointer<ScalarClass> {
        let page = UnsafeMutablePointer<ScalarClass>.allocate(capacity: 256)
        for low in 0..<256 {
            let scalar = Unicode.Scalar(UInt32(index << 8 | low))
            (page + low).initialize(to: scalar.map(ScalarClass.init) ?? .other)
        }
        return page
    }

    /// The class of the scalar that starts at `index`, and how many bytes it takes.
    ///
    /// A byte that starts no well-formed sequence is one `.other` of length 1, so any input can be scanned.
    @inline(__always)
    func classify(_ bytes: UnsafePointer<UInt8>, at index: Int, end: Int) -> (kind: ScalarClass, length: Int) {
        let lead = bytes[index]
        return lead < 0x80 ? (firstPage[Int(lead)], 1) : classifyMultibyte(bytes, at: index, end: end)
    }

    private func classifyMultibyte(
        _ bytes: UnsafePointer<UInt8>,
        at index: Int,
        end: Int
    ) -> (kind: ScalarClass, length: Int) {
        guard let (value, length) = decodeScalar(bytes, at: index, end: end) else { return (.other, 1) }
        let pageIndex = Int(value >> 8)
        let page = pages[pageIndex] ?? fillPage(pageIndex)
        return (page[Int(value & 255)], length)
    }
}

/// Decodes the well-formed UTF-8 sequence at `index`, or nothing if the bytes there are not one.
@inline(__always)
func decodeScalar(_ bytes: UnsafePointer<UInt8>, at index: Int, end: Int) -> (value: UInt32, length: Int)? {
    let lead = UInt32(bytes[index])
    if lead < 0x80 { return (lead, 1) }
    let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
    guard length > 0, index + length <= end else { return nil }
    var value = lead & (0x7F >> UInt32(length))
    for offset in 1..<length {
        let byte = UInt32(bytes[index + offset])
        guard byte & 0xC0 == 0x80 else { return nil }
        value = value << 6 | byte & 0x3F
    }
    // Overlong forms, surrogates and values past U+10FFFF are not scalars.
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= smallest, value < 0x110000, value & 0xFFFF_F800 != 0xD800 else { return nil }
    return (value, length)
}
