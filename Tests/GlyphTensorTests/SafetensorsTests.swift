// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import Testing

@Suite struct SafetensorsTests {
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
            "ids \"quoted\" ü": try Tensor([7, 0, 99, 1 << 40, -3, 12, 5]), "flag": try Tensor([true, false, true]),
            "scalar": try Tensor.full([], 2.5), "none": try Tensor.zeros([0, 4]),
            "half": try generator.normal([2], dtype: .f16), "q": try Tensor([-100, -1, 0, 1, 99]).to(.i8),
        ]
    }

    private func write(_ tensors: [String: Tensor], to path: String) throws {
        try SafetensorsWriter.write(tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, to: path)
    }

    @Test("What is written is read again")
    func roundTrip() throws {
        let folder = try Folder()
        let tensors = try tensors()
        let path = "\(folder.path)/model.safetensors"
        try write(tensors, to: path)
        let file = try SafetensorsFile(path)
        #expect(file.entries.keys.sorted() == tensors.keys.sorted())
        for (key, tensor) in tensors {
            let read = try file.tensor(key)
            #expect(read.dtype == tensor.dtype && read.shape == tensor.shape, "\(key)")
            #expect(try read.bytes() == tensor.bytes(), "\(key)")
        }
    }

    @Test("A tensor outlives the file it came from, and writing into it leaves the file alone")
    func lifetime() throws {
        let folder = try Folder()
        let path = "\(folder.path)/one.safetensors"
        try write(["x": Tensor([1, 2] as [Float])], to: path)
        let tensor = try SafetensorsFile(path).tensor("x")
        try tensor.fill(9)
        #expect(try tensor.floats() == [9, 9])
        #expect(try SafetensorsFile(path).tensor("x").floats() == [1, 2])
    }

    @Test("A tensor whose memory was released is read again, and its neighbours keep what was written into them")
    func release() throws {
        let folder = try Folder()
        let path = "\(folder.path)/three.safetensors"
        // Pages are 4 KiB: each tensor shares its first and last page with a neighbour.
        let names = ["a", "b", "c"]
        try write(Dictionary(uniqueKeysWithValues: names.map { ($0, try Tensor.ones([5000])) }), to: path)
        let file = try SafetensorsFile(path)
        let tensors = try names.map { try file.tensor($0) }
        for tensor in tensors { try tensor.fill(9) }
        file.release("b")
        file.release("nobody")
        let sums = try tensors.map { try $0.sum().item() }
        #expect(sums[0] == 45000 && sums[2] == 45000)
        // What was written into whole pages is gone; the file is as it was.
        #expect(sums[1] < 45000 && sums[1] >= 5000)
        #expect(try SafetensorsFile(path).tensor("b").sum().item() == 5000)
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

    /// A header, and the bytes after it.
    static let faults: [(header: String, bytes: Int)] = [
        (#"{"x":\#(tensor("F32", "2", "0,8"))}"#, 7), (#"{"x":\#(tensor("F32", "3", "0,8"))}"#, 8),
        (#"{"x":\#(tensor("F31", "2", "0,8"))}"#, 8), (#"{"x":\#(tensor("F32", "2", "8,0"))}"#, 8),
        (#"{"x":\#(tensor("F32", "-2", "0,8"))}"#, 8), (#"{"x":\#(tensor("F32", "0.5", "0,8"))}"#, 8),
        (#"{"x":\#(tensor("F32", "4611686018427387904,4611686018427387904", "0,8"))}"#, 8),
        (#"{"x":\#(tensor("F32", "4000000000000000,4000000000000000", "0,8"))}"#, 8),
        (#"{"x":\#(tensor("F32", "2", "0,8")),"y":\#(tensor("F32", "2", "4,12"))}"#, 12),
        (#"{"x":\#(tensor("F32", "2", "0,8")),"x":\#(tensor("F32", "2", "0,8"))}"#, 8),
        (#"{"x":{"dtype":"F32","shape":[2]}}"#, 8), (#"{"x":[1]}"#, 0),
    ]

    @Test("A damaged header is an error that names the file and the tensor", arguments: faults)
    func damaged(_ fault: (header: String, bytes: Int)) throws {
        let folder = try Folder()
        let path = try write(fault.header, bytes: fault.bytes, in: folder)
        let error = try #require(throws: InputError.self) { try SafetensorsFile(path) }
        #expect(error.location.hasPrefix(path))
        #expect(error.description.contains(" x ") || error.description.contains("y ov"), "\(error)")
    }

    @Test("A header that is no JSON object is refused", arguments: [#"["x"]"#, #"{"x":"#, "nothing"])
    func noObject(_ header: String) throws {
        let folder = try Folder()
        let path = try write(header, bytes: 8, in: folder)
        #expect(throws: InputError.self) { try SafetensorsFile(path) }
    }

    @Test("A header that is longer than the file or the format allows is refused before it is read")
    func longHeader() throws {
        let folder = try Folder()
        for length in [3, 1 << 40, Int.max] {
            let path = try write("{}", bytes: 0, length: length, in: folder)
            let error = try #require(throws: InputError.self) { try SafetensorsFile(path) }
            #expect(error.description.contains("\(length) bytes"), "\(error)")
        }
        let empty = "\(folder.path)/empty.safetensors"
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(throws: InputError.self) { try SafetensorsFile(empty) }
    }

    @Test("A file cut anywhere is refused")
    func truncated() throws {
        let folder = try Folder()
        let path = "\(folder.path)/whole.safetensors"
        try write(try tensors(), to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in [0, 1, 7, 8, 9, 100, whole.count / 2, whole.count - 1] {
            let cut = "\(folder.path)/cut.safetensors"
            try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
            #expect(throws: InputError.self, "\(length) bytes") { try SafetensorsFile(cut) }
        }
    }

    @Test("A tensor whose bytes are not aligned is read all the same")
    func unaligned() throws {
        let folder = try Folder()
        let path = try write(#"{"x":\#(Self.tensor("F32", "2", "0,8"))} "#, bytes: 8, in: folder)
        #expect(try SafetensorsFile(path).tensor("x").floats() == [0, 0])
    }

    @Test("A tensor that is not there is an error")
    func unknownKey() throws {
        let folder = try Folder()
        let path = "\(folder.path)/one.safetensors"
        try write(["x": Tensor([1] as [Float])], to: path)
        let file = try SafetensorsFile(path)
        #expect(throws: InputError.self) { try file.tensor("y") }
    }
}
