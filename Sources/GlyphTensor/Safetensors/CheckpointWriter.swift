// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Foundation

/// Writes tensors as safetensors files that the reference library loads.
public enum CheckpointWriter {
    /// Writes one file; it appears whole or not at all.
    ///
    /// - Parameters:
    ///   - tensors: In any order and layout, on any device. Larger element types come first in the file, then keys in
    ///     order, which keeps every tensor aligned; the same tensors give the same bytes.
    ///   - metadata: Notes for the header.
    ///   - path: The file, which is replaced.
    /// - Throws: `InputError` if the file cannot be written, `TensorError` if a tensor cannot be read.
    public static func write(
        _ tensors: [String: Tensor],
        metadata: [String: String] = ["format": "pt"],
        to path: String
    ) throws {
        let order = tensors.sorted {
            $0.value.dtype.byteCount != $1.value.dtype.byteCount
                ? $0.value.dtype.byteCount > $1.value.dtype.byteCount : $0.key < $1.key
        }
        let part = path + ".part"
        guard let file = fopen(part, "wb") else { throw fault(path, "cannot be written") }
        var finished = false
        defer { if !finished { unlink(part) } }
        do {
            defer { fclose(file) }
            try append(header(order, metadata), to: file, path)
            for (_, tensor) in order {
                let plain = try tensor.detach().to(.cpu).contiguous()
                var whole = false
                try plain.withBytes { whole = fwrite($0.baseAddress, 1, $0.count, file) == $0.count || $0.isEmpty }
                guard whole else { throw fault(path, "cannot be written") }
            }
            guard fflush(file) == 0, fsync(fileno(file)) == 0 else { throw fault(path, "cannot be written") }
        }
        guard rename(part, path) == 0 else { throw fault(path, "cannot be given its name") }
        finished = true
    }

    /// Writes a folder of shards, each at most `shardBytes` unless one tensor is larger, and their index.
    public static func writeShards(
        _ tensors: [String: Tensor],
        metadata: [String: String] = ["format": "pt"],
        shardBytes: Int,
        to folder: String
    ) throws {
        var shards: [[String: Tensor]] = [[:]]
        var filled = 0
        for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            if filled > 0, filled + tensor.byteCount > shardBytes {
                shards.append([:])
                filled = 0
            }
            shards[shards.count - 1][key] = tensor
            filled += tensor.byteCount
        }
        var map: [(String, String)] = []
        for (index, shard) in shards.enumerated() {
            let name = "model-\(padded(index + 1))-of-\(padded(shards.count)).safetensors"
            try write(shard, metadata: metadata, to: "\(folder)/\(name)")
            map += shard.keys.map { ($0, name) }
        }
        let lines = map.sorted { $0.0 < $1.0 }.map { "    \($0.0.jsonLiteral): \($0.1.jsonLiteral)" }
        let total = tensors.values.reduce(0) { $0 + $1.byteCount }
        let text = """
            {
              "metadata": {"total_size": \(total)},
              "weight_map": {
            \(lines.joined(separator: ",\n"))
              }
            }

            """
        let path = "\(folder)/\(Checkpoint.indexName)"
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw InputError(at: path, "cannot be written: \(error.localizedDescription)")
        }
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// The length and the JSON, padded with spaces to a multiple of 8 so that the tensors are aligned.
    private static func header(_ order: [(key: String, value: Tensor)], _ metadata: [String: String]) throws -> [UInt8]
    {
        let names = Dictionary(uniqueKeysWithValues: SafetensorsHeader.dtypes.map { ($0.value, $0.key) })
        var members: [String] = []
        if !metadata.isEmpty {
            let notes = metadata.sorted { $0.key < $1.key }.map { "\($0.key.jsonLiteral):\($0.value.jsonLiteral)" }
            members.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
        }
        var offset = 0
        for (key, tensor) in order {
            let end = offset + tensor.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(key.jsonLiteral):{\"dtype\":\"\(names[tensor.dtype] ?? "")\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        var json = [UInt8]("{\(members.joined(separator: ","))}".utf8)
        json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json
    }

    private static func append(_ bytes: [UInt8], to file: UnsafeMutablePointer<FILE>, _ path: String) throws(InputError)
    {
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw fault(path, "cannot be written") }
    }

    private static func fault(_ path: String, _ problem: String) -> InputError {
        InputError(at: path, "\(problem): \(String(cString: strerror(errno)))")
    }
}
