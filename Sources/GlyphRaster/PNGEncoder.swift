// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
import GlyphPage

/// Writes PNG files: signature, IHDR, PLTE when needed, one IDAT, IEND; no time stamps, so equal pixels give equal
/// bytes.
///
/// Rows are not filtered: on pages of text, filters cost time and make the file larger.
final class PNGEncoder {
    /// What the compressor works in; like the other buffers as large as was needed so far.
    private var scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)
    /// The filtered rows; like `output` not cleared before use, because touching fresh memory costs time.
    private var raw = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)
    /// Where files are built whose size is far from its bound, reused from page to page.
    private var output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

    deinit {
        scratch.deallocate()
        raw.deallocate()
        output.deallocate()
    }

    /// How pixels are stored in the file.
    enum ColorType {
        case grey
        /// One bit a pixel: 0 black, 1 white.
        case bilevel
        /// One byte a pixel, an index into at most 256 colours.
        case palette([Color])
        case rgb

        fileprivate var header: (bitDepth: UInt8, code: UInt8) {
            switch self {
            case .grey: (8, 0)
            case .bilevel: (1, 0)
            case .palette: (8, 3)
            case .rgb: (8, 2)
            }
        }
    }

    /// Encodes a page of `rowBytes` packed bytes a row (without the filter byte), which `fillRow` writes one by one.
    ///
    /// Throws `InputError` when the page is too large for one PNG chunk.
    func encode(
        width: Int,
        height: Int,
        rowBytes: Int,
        color: ColorType,
        fillRow: (_ y: Int, _ row: UnsafeMutablePointer<UInt8>) -> Void
    ) throws -> [UInt8] {
        let rawCount = (rowBytes + 1) * height
        if raw.count < rawCount {
            raw.deallocate()
            raw = .allocate(capacity: rawCount)
        }
        if scratch.isEmpty { scratch = .allocate(capacity: cdeflate_scratch_size()) }
        guard let rows = raw.baseAddress else { return [] }
        for y in 0..<height {
            let row = rows + y * (rowBytes + 1)
            row[0] = 0
            fillRow(y, row + 1)
        }
        let capacity = cdeflate_bound(rawCount) + Self.framing
        if output.count < capacity {
            output.deallocate()
            output = .allocate(capacity: capacity)
        }
        let count = Self.file(width, height, color, in: output) { target, room in
            cdeflate_zlib(rows, rawCount, target, room, scratch.baseAddress)
        }
        guard let count else { throw Self.tooLarge(width, height) }
        return Array(output[..<count])
    }

    /// Encodes a grey page of dark text on white, whose rows lie `stride` bytes apart.
    ///
    /// A third of the time that `encode` takes, for larger files; see `cdeflate_text_zlib`.
    func encodeText(_ pixels: UnsafePointer<UInt8>, stride: Int, width: Int, height: Int) throws -> [UInt8] {
        // Memory that is not needed is not touched: half of a byte a pixel is enough but for very black pages.
        for room in [width * height / 2, cdeflate_text_bound(width, height)] {
            let file = [UInt8](unsafeUninitializedCapacity: room + Self.framing) { buffer, count in
                count =
                    Self.file(width, height, .grey, in: buffer) { target, room in
                        cdeflate_text_zlib(pixels, stride, width, height, target, room)
                    } ?? 0
            }
            if !file.isEmpty { return file }
        }
        throw Self.tooLarge(width, height)
    }

    private static func tooLarge(_ width: Int, _ height: Int) -> InputError {
        InputError(
            at: "page",
            "\(width)×\(height) pixels are too many for one PNG file",
            remedy: "Lower dpi or page-size"
        )
    }

    /// Room for everything but the compressed rows.
    private static let framing = 1024

    /// Builds a file around compressed rows, which `compress` writes and counts, and returns its size; nothing if there
    /// is not room for them or they are too many for a chunk.
    private static func file(
        _ width: Int,
        _ height: Int,
        _ color: ColorType,
        in buffer: UnsafeMutableBufferPointer<UInt8>,
        compress: (_ target: UnsafeMutablePointer<UInt8>, _ room: Int) -> Int
    ) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var cursor = Cursor(base: base)
        cursor.append([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let (bitDepth, code) = color.header
        cursor.chunk("IHDR", bigEndian(width) + bigEndian(height) + [bitDepth, code, 0, 0, 0])
        if case .palette(let colors) = color {
            cursor.chunk("PLTE", colors.flatMap { [$0.red, $0.green, $0.blue] })
        }
        let start = cursor.count
        let compressed = compress(base + start + 8, buffer.count - start - 64)
        guard compressed > 0, compressed <= Int32.max else { return nil }
        cursor.finishChunk("IDAT", length: compressed)
        cursor.chunk("IEND", [])
        return cursor.count
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Appends chunks to the file's buffer.
    private struct Cursor {
        let base: UnsafeMutablePointer<UInt8>
        var count = 0

        init(base: UnsafeMutablePointer<UInt8>) { self.base = base }

        mutating func append(_ bytes: [UInt8]) {
            for byte in bytes {
                base[count] = byte
                count += 1
            }
        }

        mutating func chunk(_ type: String, _ payload: [UInt8]) {
            let body = base + count + 8
            for (index, byte) in payload.enumerated() { body[index] = byte }
            finishChunk(type, length: payload.count)
        }

        /// Writes the length, the type and the checksum around a payload that is already in place.
        mutating func finishChunk(_ type: String, length: Int) {
            let start = count
            append(PNGEncoder.bigEndian(length))
            append(Array(type.utf8))
            count += length
            let checksum = cdeflate_crc32(0, base + start + 4, length + 4)
            append(PNGEncoder.bigEndian(Int(checksum)))
        }
    }
}
