// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A `.safetensors` file, opened without reading its weights.
///
/// Eight bytes of header length, a JSON header of names, types, shapes and byte ranges, then the data. The header is
/// checked in full when the file is opened: every range lies in the file, has the size of its shape, and overlaps none
/// (format: github.com/huggingface/safetensors, README).
package final class SafetensorsFile {
    /// One tensor of the file.
    package struct Entry: Sendable, Equatable {
        package let dtype: DType
        package let shape: [Int]
        /// Where its bytes lie, counted from the start of the file.
        package let range: Range<Int>
    }

    package let path: String
    /// The tensors by name.
    package let entries: [String: Entry]
    private let file: MappedFile

    /// Headers of more than 100 MB are refused by the reference too.
    private static let longestHeader = 100_000_000

    /// Opens a file and checks its header.
    ///
    /// - Throws: `InputError` saying what is wrong where.
    package init(_ path: String) throws {
        self.path = path
        file = try MappedFile(path, expected: "a .safetensors file")
        let bytes = file.bytes
        func corrupt(_ problem: String) -> InputError {
            InputError(
                at: path,
                problem,
                expected: "a complete .safetensors file",
                remedy: "Download or write the file again."
            )
        }
        guard bytes.count >= 10 else { throw corrupt("the file has only \(bytes.count) bytes") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= Self.longestHeader, Int(length) <= bytes.count - 8 else {
            throw corrupt("the header's length, \(length) bytes, is not that of a file of \(bytes.count) bytes")
        }
        let dataStart = 8 + Int(length)
        let json = try JSONParser.parse(Array(bytes[8..<dataStart]), source: "\(path): header")
        guard case .object(let members) = json else { throw corrupt("the header is \(json.kind)") }
        var entries: [String: Entry] = [:]
        for member in members where member.key != "__metadata__" {
            let name = member.key
            guard let entry = Self.entry(member.value, dataStart: dataStart) else {
                throw corrupt("the header's entry for \(name) is not a type, a shape and a range")
            }
            guard entry.range.upperBound <= bytes.count else {
                throw corrupt("\(name) ends at byte \(entry.range.upperBound) of a file of \(bytes.count) bytes")
            }
            guard entries.updateValue(entry, forKey: name) == nil else { throw corrupt("\(name) is there twice") }
        }
        var end = dataStart
        for (name, entry) in entries.sorted(by: {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }) {
            guard entry.range.lowerBound >= end else { throw corrupt("\(name) overlaps another tensor") }
            end = entry.range.upperBound
        }
        self.entries = entries
    }

    /// A tensor over the file's memory, without a copy where its bytes are aligned for their type.
    package func tensor(_ name: String) throws -> Tensor {
        guard let entry = entries[name] else {
            throw InputError(at: path, "there is no tensor \(name)", expected: "one of \(entries.count) other names")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
        guard entry.range.lowerBound.isMultiple(of: entry.dtype.byteCount), !bytes.isEmpty else {
            return try Tensor(bytes: bytes, entry.shape, dtype: entry.dtype)
        }
        return try Tensor.over(bytes, entry.shape, dtype: entry.dtype, owner: file)
    }

    /// Says that the bytes of a tensor were copied or converted, so that they need not stay in memory.
    ///
    /// A tensor over them stays usable, but loses what was written into it.
    package func release(_ name: String) {
        if let entry = entries[name] { file.release(entry.range) }
    }

    private static func entry(_ value: JSONValue, dataStart: Int) -> Entry? {
        guard case .object(let members) = value else { return nil }
        let fields = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        guard case .string(let type)? = fields["dtype"], let dtype = DType(safetensors: type),
            let shape = integers(fields["shape"]), let offsets = integers(fields["data_offsets"]), offsets.count == 2,
            offsets[0] <= offsets[1], fields.count == 3
        else { return nil }
        var size = dtype.byteCount
        for side in shape {
            let (product, overflows) = size.multipliedReportingOverflow(by: side)
            guard !overflows else { return nil }
            size = product
        }
        guard offsets[1] - offsets[0] == size else { return nil }
        return Entry(dtype: dtype, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    /// A list of whole numbers from 0 that doubles hold exactly.
    private static func integers(_ value: JSONValue?) -> [Int]? {
        guard case .array(let values)? = value else { return nil }
        var result: [Int] = []
        for value in values {
            guard case .number(let number) = value, number >= 0, number <= 1e15, number == number.rounded() else {
                return nil
            }
            result.append(Int(number))
        }
        return result
    }
}

extension DType {
    /// Names of types in safetensors headers, in the order of `allCases`.
    private static let safetensorsNames: [DType: String] = [
        .f32: "F32", .bf16: "BF16", .f16: "F16", .i64: "I64", .i32: "I32", .u8: "U8", .i8: "I8", .bool: "BOOL",
        .f64: "F64", .i16: "I16",
    ]

    init?(safetensors name: String) {
        guard let dtype = Self.safetensorsNames.first(where: { $0.value == name })?.key else { return nil }
        self = dtype
    }

    var safetensorsName: String { Self.safetensorsNames[self] ?? "F32" }
}
