// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Foundation

/// Named tensors in one safetensors file or in the shards of a folder, read when they are asked for.
public final class Checkpoint {
    /// What is known of a tensor without reading it.
    public struct Entry: Sendable, Equatable {
        public let dtype: DType
        public let shape: [Int]
        /// The file that holds it.
        public let path: String

        public var byteCount: Int { shape.reduce(dtype.byteCount, *) }
    }

    private struct Place {
        var file: MappedFile
        var header: SafetensorsHeader.Entry
    }

    private var places: [String: Place] = [:]
    /// All keys in order.
    public let keys: [String]
    /// The notes in the header of the only or the first file.
    public let metadata: [String: String]

    public static let fileName = "model.safetensors"
    public static let indexName = "model.safetensors.index.json"
    /// An index is a list of keys; one longer than this is something else.
    private static let longestIndex = 64 << 20

    /// Opens a file, or the checkpoint of a folder: `model.safetensors`, or the shards that
    /// `model.safetensors.index.json` lists.
    ///
    /// - Throws: `InputError` naming the file and the key for anything that is missing, cut off or inconsistent. Every
    ///   header is checked here, so that a tensor asked for later is known to be there.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputError(at: path, "does not exist", expected: "a safetensors file or a folder with one")
        }
        if !isFolder.boolValue {
            (places, metadata) = try Self.open(path)
        } else if FileManager.default.fileExists(atPath: "\(path)/\(Self.indexName)") {
            (places, metadata) = try Self.openShards(folder: path)
        } else if FileManager.default.fileExists(atPath: "\(path)/\(Self.fileName)") {
            (places, metadata) = try Self.open("\(path)/\(Self.fileName)")
        } else {
            throw InputError(at: path, "has no weights", expected: "\(Self.fileName) or \(Self.indexName) in it")
        }
        keys = places.keys.sorted()
    }

    /// Type, shape and file of a tensor.
    public subscript(key: String) -> Entry? {
        guard let place = places[key] else { return nil }
        return Entry(dtype: place.header.dtype, shape: place.header.shape, path: place.file.path)
    }

    /// A tensor over the mapped file: nothing is copied, and bytes are read from the disk when they are first used.
    ///
    /// - Throws: `InputError` if there is no such key.
    public func tensor(_ key: String) throws -> Tensor {
        guard let place = places[key] else {
            throw InputError(at: places.first?.value.file.path ?? "checkpoint", "has no tensor \(key)")
        }
        let memory = UnsafeRawBufferPointer(rebasing: place.file.bytes[place.header.bytes])
        let (dtype, shape) = (place.header.dtype, place.header.shape)
        // Old writers did not align the header; vectors need elements at multiples of their size.
        if let start = memory.baseAddress, Int(bitPattern: start) % dtype.byteCount != 0 {
            return try Tensor(bytes: memory, shape, dtype: dtype)
        }
        return try Tensor.over(memory, shape, dtype: dtype, owner: place.file)
    }

    /// Asks the system to read tensors ahead of their use.
    public func prefetch(_ keys: some Sequence<String>) {
        for key in keys {
            guard let place = places[key] else { continue }
            place.file.prefetch(place.header.bytes)
        }
    }

    private static func open(_ path: String) throws -> ([String: Place], [String: String]) {
        let file = try MappedFile(path: path)
        let header = try SafetensorsHeader(parsing: file)
        return (header.entries.mapValues { Place(file: file, header: $0) }, header.metadata)
    }

    private static func openShards(folder: String) throws -> ([String: Place], [String: String]) {
        let index = "\(folder)/\(indexName)"
        let files = try shardNames(index: index)
        var places: [String: Place] = [:]
        var metadata: [String: String] = [:]
        for (name, keys) in files.sorted(by: { $0.key < $1.key }) {
            let shard = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: shard) else {
                throw InputError(
                    at: shard,
                    "is missing",
                    expected: "the shard that \(indexName) names for \(keys.count) tensors",
                    remedy: "Fetch the file into this folder"
                )
            }
            let (held, notes) = try open(shard)
            if metadata.isEmpty { metadata = notes }
            for key in keys {
                guard let place = held[key] else {
                    throw InputError(
                        at: "\(shard): \(key)",
                        "is missing",
                        expected: "the tensor that \(indexName) names"
                    )
                }
                places[key] = place
            }
        }
        return (places, metadata)
    }

    /// The keys of each shard.
    private static func shardNames(index: String) throws -> [String: [String]] {
        let file = try MappedFile(path: index)
        guard file.bytes.count <= longestIndex else {
            throw InputError(at: index, "is \(file.bytes.count) bytes long", expected: "at most \(longestIndex)")
        }
        guard case .object(let members) = try JSONParser.parse([UInt8](file.bytes), source: index),
            case .object(let map)? = members.first(where: { $0.key == "weight_map" })?.value
        else { throw InputError(at: index, "has no weight_map", expected: "an object of keys and file names") }
        var names: [String: [String]] = [:]
        var seen: Set<String> = []
        for (key, value) in map {
            guard case .string(let name) = value, !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
                throw InputError(
                    at: "\(index): weight_map.\(key)",
                    "is \(value.kind)",
                    expected: "the name of a file in the same folder"
                )
            }
            guard seen.insert(key).inserted else {
                throw InputError(at: "\(index): weight_map.\(key)", "appears twice", expected: "each key once")
            }
            names[name, default: []].append(key)
        }
        return names
    }
}
