// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import Testing

@Suite struct CheckpointTests {
    /// A folder that goes away with the test.
    final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("glyph-\(UUID().uuidString)").path
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func tensors() throws -> [String: Tensor] {
        let generator = try TensorGenerator(seed: 1)
        return [
            "b.weight": try generator.normal([3, 5], dtype: .bf16),
            "a.weight": try generator.normal([4, 2]).transpose(0, 1),
            "ids \"quoted\" ü": try generator.integers(0..<100, [7]), "flag": try Tensor([true, false, true]),
            "scalar": try Tensor.scalar(2.5), "none": try Tensor.zeros([0, 4]),
            "half": try generator.normal([2], dtype: .f16), "q": try generator.integers(-100..<100, [9], dtype: .i8),
        ]
    }

    private func expectSame(_ checkpoint: Checkpoint, _ tensors: [String: Tensor]) throws {
        #expect(checkpoint.keys == tensors.keys.sorted())
        for (key, tensor) in tensors {
            let read = try checkpoint.tensor(key)
            #expect(read.dtype == tensor.dtype && read.shape == tensor.shape, "\(key)")
            #expect(try read.bytes() == tensor.bytes(), "\(key)")
        }
    }

    @Test("What is written is read again, from one file and from shards")
    func roundTrip() throws {
        let folder = try Folder()
        let tensors = try tensors()
        let path = "\(folder.path)/\(Checkpoint.fileName)"
        try CheckpointWriter.write(tensors, metadata: ["format": "pt", "note": "a \"b\""], to: path)
        try expectSame(Checkpoint(path: path), tensors)
        let whole = try Checkpoint(path: folder.path)
        #expect(whole.metadata["note"] == "a \"b\"")
        let entry = try #require(whole["b.weight"])
        #expect(entry.dtype == .bf16 && entry.shape == [3, 5] && entry.path == path && entry.byteCount == 30)
        let shards = try Folder()
        try CheckpointWriter.writeShards(tensors, shardBytes: 40, to: shards.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shards.path).count > 3)
        try expectSame(Checkpoint(path: shards.path), tensors)
    }

    @Test("A tensor outlives the checkpoint it came from, and writing into it leaves the file alone")
    func lifetime() throws {
        let folder = try Folder()
        let path = "\(folder.path)/one.safetensors"
        try CheckpointWriter.write(["x": Tensor([1, 2] as [Float])], to: path)
        let tensor = try Checkpoint(path: path).tensor("x")
        try tensor.fill(9)
        #expect(try tensor.floats() == [9, 9])
        #expect(try Checkpoint(path: path).tensor("x").floats() == [1, 2])
    }

    /// A file of a header and as many zero bytes.
    private func write(_ header: String, bytes: Int, length: Int? = nil, in folder: Folder) throws -> String {
        let path = "\(folder.path)/bad.safetensors"
        var data = withUnsafeBytes(of: UInt64(length ?? header.utf8.count).littleEndian) { Data($0) }
        data += Data(header.utf8) + Data(count: bytes)
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    private static func tensor(_ dtype: String, _ shape: String, _ offsets: String) -> String {
        #"{"dtype":"\#(dtype)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#
    }

    /// A header, the bytes after it, and what the error must name.
    static let faults: [(header: String, bytes: Int, named: String)] = [
        (#"{"x":\#(tensor("F32", "2", "0,8"))}"#, 7, "x: data_offsets"),
        (#"{"x":\#(tensor("F32", "2", "0,8"))}"#, 9, "after the last tensor"),
        (#"{"x":\#(tensor("F32", "3", "0,8"))}"#, 8, "f32[3] takes 12"),
        (#"{"x":\#(tensor("F31", "2", "0,8"))}"#, 8, "x: dtype"),
        (#"{"x":\#(tensor("F32", "2", "8,0"))}"#, 8, "x: data_offsets"),
        (#"{"x":\#(tensor("F32", "-2", "0,8"))}"#, 8, "x: shape"),
        (#"{"x":\#(tensor("F32", "0.5", "0,8"))}"#, 8, "x: shape"),
        (#"{"x":\#(tensor("F32", "4611686018427387904,4611686018427387904", "0,8"))}"#, 8, "x: shape"),
        (#"{"x":\#(tensor("F32", "4000000000000000,4000000000000000", "0,8"))}"#, 8, "x: shape"),
        (#"{"x":\#(tensor("F32", "2", "0,8")),"y":\#(tensor("F32", "2", "4,12"))}"#, 12, "y: shares bytes with x"),
        (#"{"x":\#(tensor("F32", "2", "0,8")),"y":\#(tensor("F32", "2", "12,20"))}"#, 20, "y: leaves a gap"),
        (#"{"x":\#(tensor("F32", "2", "0,8")),"x":\#(tensor("F32", "2", "0,8"))}"#, 8, "x: appears twice"),
        (#"{"x":{"dtype":"F32","shape":[2]}}"#, 8, "x: is incomplete"), (#"{"x":[1]}"#, 0, "x: is an array"),
        (#"["x"]"#, 0, "header: is an array"), (#"{"x":"#, 0, "header: byte"),
        (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__.a"),
    ]

    @Test("A damaged file is an error that names the file and the key", arguments: faults)
    func damaged(_ fault: (header: String, bytes: Int, named: String)) throws {
        let folder = try Folder()
        let path = try write(fault.header, bytes: fault.bytes, in: folder)
        let error = try #require(throws: InputError.self) { try Checkpoint(path: path) }
        #expect(error.location.hasPrefix(path) && error.description.contains(fault.named), "\(error)")
    }

    @Test("A header that is longer than the file or the format allows is refused before it is read")
    func longHeader() throws {
        let folder = try Folder()
        for length in [3, 1 << 40, Int.max] {
            let path = try write("{}", bytes: 0, length: length, in: folder)
            let error = try #require(throws: InputError.self) { try Checkpoint(path: path) }
            #expect(error.description.contains("claims a header of \(length) bytes"), "\(error)")
        }
        let empty = "\(folder.path)/empty.safetensors"
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(throws: InputError.self) { try Checkpoint(path: empty) }
    }

    @Test("A file cut anywhere is refused")
    func truncated() throws {
        let folder = try Folder()
        let path = "\(folder.path)/whole.safetensors"
        try CheckpointWriter.write(try tensors(), to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in [0, 1, 7, 8, 9, 100, whole.count / 2, whole.count - 1] {
            let cut = "\(folder.path)/cut.safetensors"
            try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
            #expect(throws: InputError.self, "\(length) bytes") { try Checkpoint(path: cut) }
        }
    }

    @Test("A tensor whose bytes are not aligned is read all the same")
    func unaligned() throws {
        let folder = try Folder()
        let path = try write(#"{"x":\#(Self.tensor("F32", "2", "0,8"))} "#, bytes: 8, in: folder)
        #expect(try Checkpoint(path: path).tensor("x").floats() == [0, 0])
    }

    @Test("A shard that is missing, or lacks a tensor, is named")
    func shards() throws {
        let folder = try Folder()
        try CheckpointWriter.writeShards(try tensors(), shardBytes: 40, to: folder.path)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix("safetensors")
        }
        let victim = "\(folder.path)/\(try #require(names.sorted().first))"
        try CheckpointWriter.write(["other": Tensor([1] as [Float])], to: victim)
        let lacking = try #require(throws: InputError.self) { try Checkpoint(path: folder.path) }
        #expect(lacking.location.hasPrefix(victim))
        try FileManager.default.removeItem(atPath: victim)
        let missing = try #require(throws: InputError.self) { try Checkpoint(path: folder.path) }
        #expect(missing.location == victim)
        let index = URL(fileURLWithPath: "\(folder.path)/\(Checkpoint.indexName)")
        for map in [#"{"x":"../other"}"#, #"{"x":3}"#, #"{"x":""}"#] {
            try Data(#"{"weight_map":\#(map)}"#.utf8).write(to: index)
            #expect(throws: InputError.self) { try Checkpoint(path: folder.path) }
        }
        #expect(throws: InputError.self) { try Checkpoint(path: "\(folder.path)/nowhere") }
    }

    @Test("A tensor that is not there is an error")
    func unknownKey() throws {
        let folder = try Folder()
        let path = "\(folder.path)/one.safetensors"
        try CheckpointWriter.write(["x": Tensor([1] as [Float])], to: path)
        let checkpoint = try Checkpoint(path: path)
        #expect(checkpoint["y"] == nil)
        #expect(throws: InputError.self) { try checkpoint.tensor("y") }
    }
}
