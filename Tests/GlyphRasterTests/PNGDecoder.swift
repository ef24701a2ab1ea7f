// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
import GlyphPage

/// Reads the PNG files that tests compare: 8-bit grey, RGB and palette, and 1-bit grey, without interlacing.
///
/// Independent of `PNGEncoder` on purpose: it checks every length and checksum of the file it reads.
struct PNGDecoder {
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    /// The chunk types in order.
    private(set) var chunks: [String] = []
    private(set) var width = 0
    private(set) var height = 0
    private(set) var bitDepth = 0
    private(set) var colorType = 0
    private(set) var palette: [Color] = []
    /// Rows as stored, after the filters are undone: `rowBytes` a row.
    private(set) var rows: [UInt8] = []
    private(set) var rowBytes = 0

    init(_ file: [UInt8]) throws {
        guard file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw Fault(description: "no PNG signature")
        }
        var compressed: [UInt8] = []
        var offset = 8
        while offset < file.count {
            guard offset + 12 <= file.count else { throw Fault(description: "a chunk is cut off") }
            let length = Self.bigEndian(file[offset..<offset + 4])
            let end = offset + 12 + length
            guard end <= file.count else { throw Fault(description: "a chunk is cut off") }
            let type = String(decoding: file[offset + 4..<offset + 8], as: UTF8.self)
            let payload = Array(file[offset + 8..<offset + 8 + length])
            let checked = Array(file[offset + 4..<offset + 8 + length])
            guard UInt32(Self.bigEndian(file[end - 4..<end])) == Self.checksum(checked) else {
                throw Fault(description: "the checksum of \(type) is wrong")
            }
            chunks.append(type)
            switch type {
            case "IHDR": try readHeader(payload)
            case "PLTE":
                palette = stride(from: 0, to: length, by: 3).map {
                    Color(red: payload[$0], green: payload[$0 + 1], blue: payload[$0 + 2])
                }
            case "IDAT": compressed += payload
            default: break
            }
            offset = end
        }
        guard chunks.first == "IHDR", chunks.last == "IEND" else { throw Fault(description: "chunks are missing") }
        try undoFilters(try Self.inflate(compressed, count: (rowBytes + 1) * height))
    }

    /// CRC-32 bit by bit, the definition in the PNG specification.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return ~crc
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func inflate(_ bytes: [UInt8], count: Int) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        guard cdeflate_inflate(bytes, bytes.count, &output, count) == count else {
            throw Fault(description: "the pixel data is damaged")
        }
        return output
    }

    private mutating func readHeader(_ payload: [UInt8]) throws {
        width = Self.bigEndian(payload[0..<4])
        height = Self.bigEndian(payload[4..<8])
        (bitDepth, colorType) = (Int(payload[8]), Int(payload[9]))
        guard [[8, 0], [8, 2], [8, 3], [1, 0]].contains([bitDepth, colorType]), payload[10...] == [0, 0, 0] else {
            throw Fault(description: "the pixel format \(payload[8...]) is not one the tests read")
        }
        rowBytes = bitDepth == 1 ? (width + 7) / 8 : width * (colorType == 2 ? 3 : 1)
    }

    private mutating func undoFilters(_ data: [UInt8]) throws {
        let step = colorType == 2 ? 3 : 1
        rows = [UInt8](repeating: 0, count: rowBytes * height)
        for y in 0..<height {
            let filter = data[y * (rowBytes + 1)]
            for x in 0..<rowBytes {
                let at = y * rowBytes + x
                let left = x >= step ? Int(rows[at - step]) : 0
                let up = y > 0 ? Int(rows[at - rowBytes]) : 0
                let corner = x >= step && y > 0 ? Int(rows[at - rowBytes - step]) : 0
                let prediction: Int
                switch filter {
                case 0: prediction = 0
                case 1: prediction = left
                case 2: prediction = up
                case 3: prediction = (left + up) / 2
                case 4: prediction = Self.paeth(left, up, corner)
                default: throw Fault(description: "row \(y) has filter \(filter)")
                }
                rows[at] = data[y * (rowBytes + 1) + 1 + x] &+ UInt8(prediction)
            }
        }
    }

    private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
        let estimate = left + up - corner
        let distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
        if distances.0 <= distances.1, distances.0 <= distances.2 { return left }
        return distances.1 <= distances.2 ? up : corner
    }

    /// The picture; 1-bit grey becomes 0 and 255, a palette becomes RGB.
    var image: PageImage {
        var pixels = rows
        if bitDepth == 1 {
            pixels = (0..<height).flatMap { y in
                (0..<width).map { x in rows[y * rowBytes + x >> 3] & (0x80 >> UInt8(x & 7)) == 0 ? 0 : 255 }
            }
        } else if colorType == 3 {
            pixels = rows.flatMap { [palette[Int($0)].red, palette[Int($0)].green, palette[Int($0)].blue] }
        }
        return PageImage(width: width, height: height, format: colorType == 0 ? .grey : .rgb, pixels: pixels)
    }
}
