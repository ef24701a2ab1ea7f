// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What a safetensors file says it holds, checked against the bytes that are there.
///
/// The format: 8 bytes with the length of the header, little endian; the header, a JSON object that gives each tensor's
/// type, shape and byte range; then the tensors' bytes without gaps
/// (https://github.com/huggingface/safetensors, README, "Format").
struct SafetensorsHeader {
    struct Entry {
        var dtype: DType
        var shape: [Int]
        /// In the file.
        var bytes: Range<Int>
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    /// The bound of the reference implementation.
    static let longest = 100_000_000

    /// The names that the format gives to element types that tensors can have here.
    static let dtypes: [String: DType] = [
        "F64": .f64, "F32": .f32, "F16": .f16, "BF16": .bf16, "I64": .i64, "I32": .i32, "I16": .i16, "I8": .i8,
        "U8": .u8, "BOOL": .bool,
    ]

    init(parsing file: MappedFile) throws {
        let path = file.path
        let bytes = file.bytes
        guard bytes.count >= 8 else {
            throw InputError(
                at: path,
                "is \(bytes.count) bytes long",
                expected: "a safetensors file, which starts with 8 bytes that give the length of its header",
                remedy: "Fetch the file again; it is empty or was cut off"
            )
        }
        let claimed = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard claimed <= UInt64(min(Self.longest, bytes.count - 8)) else {
            throw InputError(
                at: path,
                "claims a header of \(claimed) bytes, but the file has \(bytes.count)",
                expected: "a header inside of the file and of at most \(Self.longest) bytes",
                remedy: "Fetch the file again; it was cut off or is not a safetensors file"
            )
        }
        let start = 8 + Int(claimed)
        let header = try JSONParser.parse([UInt8](bytes[8..<start]), source: "\(path): header")
        guard case .object(let members) = header else {
            throw InputError(at: "\(path): header", "is \(header.kind)", expected: "an object")
        }
        for (key, value) in members {
            if key == "__metadata__" {
                metadata = try Self.metadata(value, path: path)
                continue
            }
            let entry = try Self.entry(value, at: "\(path): \(key)", start: start, end: bytes.count)
            guard entries.updateValue(entry, forKey: key) == nil else {
                throw InputError(at: "\(path): \(key)", "appears twice in the header", expected: "each key once")
            }
        }
        try checkCoverage(path: path, start: start, end: bytes.count)
    }

    /// Every byte after the header belongs to one tensor.
    private func checkCoverage(path: String, start: Int, end: Int) throws(InputError) {
        var covered = start
        var last: String?
        let order = entries.sorted {
            ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
                < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
        }
        for (key, entry) in order {
            guard entry.bytes.lowerBound >= covered else {
                throw InputError(
                    at: "\(path): \(key)",
                    "shares bytes with \(last ?? "the header")",
                    expected: "tensors that do not overlap"
                )
            }
            guard entry.bytes.lowerBound == covered else {
                throw InputError(
                    at: "\(path): \(key)",
                    "leaves a gap of \(entry.bytes.lowerBound - covered) bytes before it",
                    expected: "tensors that follow each other"
                )
            }
            covered = entry.bytes.upperBound
            last = key
        }
        guard covered == end else {
            throw InputError(at: path, "has \(end - covered) bytes after the last tensor", expected: "none")
        }
    }

    private static func metadata(_ value: JSONValue, path: String) throws(InputError) -> [String: String] {
        guard case .object(let members) = value else {
            throw InputError(at: "\(path): __metadata__", "is \(value.kind)", expected: "an object of strings")
        }
        var result: [String: String] = [:]
        for (key, value) in members {
            guard case .string(let text) = value else {
                throw InputError(at: "\(path): __metadata__.\(key)", "is \(value.kind)", expected: "a string")
            }
            result[key] = text
        }
        return result
    }

    private static func entry(
        _ value: JSONValue,
        at place: String,
        start: Int,
        end: Int
    ) throws(InputError) -> Entry {
        guard case .object(let members) = value else {
            throw InputError(at: place, "is \(value.kind)", expected: "an object of dtype, shape and data_offsets")
        }
        var dtype: DType?
        var shape: [Int]?
        var offsets: [Int]?
        for (key, value) in members {
            switch (key, value) {
            case ("dtype", .string(let name)):
                guard let known = dtypes[name] else {
                    throw InputError(
                        at: "\(place): dtype",
                        "is \"\(name)\"",
                        expected: "one of \(dtypes.keys.sorted().joined(separator: ", "))"
                    )
                }
                dtype = known
            case ("shape", .array(let values)): shape = try wholeNumbers(values, at: "\(place): shape")
            case ("data_offsets", .array(let values)): offsets = try wholeNumbers(values, at: "\(place): data_offsets")
            default:
                throw InputError(
                    at: "\(place): \(key)",
                    "is \(value.kind)",
                    expected: "dtype (a string), shape and data_offsets (arrays of numbers)"
                )
            }
        }
        guard let dtype, let shape, let offsets, offsets.count == 2 else {
            throw InputError(at: place, "is incomplete", expected: "dtype, shape and two data_offsets")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= end - start else {
            throw InputError(
                at: "\(place): data_offsets",
                "are \(offsets[0]) and \(offsets[1]), but \(end - start) bytes follow the header",
                expected: "a range of those bytes",
                remedy: "Fetch the file again; it was cut off or is damaged"
            )
        }
        var size = dtype.byteCount
        for count in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow else { throw InputError(at: "\(place): shape", "is \(shape)", expected: "a possible size") }
            size = product
        }
        guard size == offsets[1] - offsets[0] else {
            throw InputError(
                at: place,
                "has \(offsets[1] - offsets[0]) bytes, but \(dtype)\(shape) takes \(size)",
                expected: "as many bytes as type and shape take"
            )
        }
        return Entry(dtype: dtype, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
    }

    private static func wholeNumbers(_ values: [JSONValue], at place: String) throws(InputError) -> [Int] {
        var numbers: [Int] = []
        for value in values {
            // Doubles hold whole numbers below 2⁵³ exactly; no file is longer.
            guard case .number(let number) = value, number >= 0, number < 0x1p53, let whole = Int(exactly: number)
            else {
                throw InputError(at: place, "holds \(value.kind)", expected: "whole numbers from 0")
            }
            numbers.append(whole)
        }
        return numbers
    }
}
