// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

@testable import GlyphVLM

/// Checkpoints and results written by `Tools/reference/vlm_fixtures.py`.
///
/// `MANIFEST.json` beside them says by which versions. `GLYPH_VLM_FIXTURES` names another folder that the same script wrote, with any seed.
enum Fixtures {
    static let folder =
        ProcessInfo.processInfo.environment["GLYPH_VLM_FIXTURES"]
        ?? Bundle.module.bundleURL.appendingPathComponent("Fixtures").path

    /// The cases, each a checkpoint with results.
    static let cases = ["single", "pages", "published", "ocr"]

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
    }

    static func chats() throws -> [ReferenceChat] {
        try JSONDecoder().decode([ReferenceChat].self, from: Data(bytes("chats.json")))
    }
}

/// A conversation without images and what the reference's template makes of it.
struct ReferenceChat: Decodable {
    /// A case of the model whose template it is.
    var `case`: String
    var messages: [[String]]
    var thinking: Bool
    var generation_prompt: Bool
    var text: String
    var ids: [Int32]

    var chat: Chat {
        get throws {
            let messages = try messages.map { Chat.Message(try role($0[0]), $0[1]) }
            return Chat(messages, allowsThinking: thinking, startsAnswer: generation_prompt)
        }
    }
}

/// One case: a checkpoint's folder, its images and the reference's results.
struct ReferenceCase {
    private struct PromptFile: Decodable {
        var messages: [Message]
        var ids: [Int32]
        var positions: [[Int32]]
        var grids: [[Int]]
        var greedy: [Int32]
        var patches: Int
    }

    /// `[role, [text or image number]]`.
    private struct Message: Decodable {
        enum Part: Decodable {
            case text(String)
            case image(Int)

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let text = try? value.decode(String.self) {
                    self = .text(text)
                } else {
                    self = .image(try value.decode(Int.self))
                }
            }
        }

        var role: String
        var parts: [Part]

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            role = try list.decode(String.self)
            parts = try list.decode([Part].self)
        }
    }

    let name: String
    let folder: ModelFolder
    let images: [PageImage]
    let chat: Chat
    let ids: [Int32]
    let positions: [[Int32]]
    let grids: [[Int]]
    let greedy: [Int32]

    init(_ name: String) throws {
        self.name = name
        folder = try ModelFolder("\(Fixtures.folder)/\(name)")
        let file = try JSONDecoder().decode(PromptFile.self, from: Data(Fixtures.bytes("\(name)/prompt.json")))
        (ids, positions, grids, greedy) = (file.ids, file.positions, file.grids, file.greedy)
        images = try file.grids.indices.map { try PageImage(portablePixmap: Fixtures.bytes("\(name)/image\($0).ppm")) }
        var messages: [Chat.Message] = []
        for message in file.messages {
            var parts: [Chat.Part] = []
            for part in message.parts {
                switch part {
                case .text(let text): parts.append(.text(text))
                case .image(let index):
                    let image = images[index]
                    parts.append(.image(try folder.imageProcessor.grid(width: image.width, height: image.height)))
                }
            }
            messages.append(Chat.Message(try GlyphVLMTests.role(message.role), parts))
        }
        chat = Chat(messages)
    }

    /// The float results of a file of the case: `pixels`, `vision` or `decoder`.
    func results(_ file: String) throws -> [String: Rows] {
        try SafetensorsFixture.read(Fixtures.bytes("\(name)/\(file).safetensors"))
    }
}

private func role(_ name: String) throws -> Chat.Role {
    guard let role = Chat.Role(rawValue: name) else { throw InputError(at: "fixture", "no role \(name)") }
    return role
}

/// Rows of a result; the reference keeps at most `Rows.kept` of them, evenly spread.
struct Rows {
    static let kept = 12

    var shape: [Int]
    var values: [Float]

    /// The rows of all `values` that the reference kept, one after the other.
    static func thinned(_ values: [Float], rowLength: Int) -> [Float] {
        let count = values.count / rowLength
        guard count > kept else { return values }
        return (0..<kept).flatMap { row -> ArraySlice<Float> in
            let first = row * count / kept * rowLength
            return values[first..<first + rowLength]
        }
    }
}

/// Reads the float tensors of a small safetensors file, independently of the code under test.
enum SafetensorsFixture {
    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    static func read(_ bytes: [UInt8]) throws -> [String: Rows] {
        let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let entries = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<8 + length]))
        return try entries.mapValues { entry in
            guard entry.dtype == "F32" else { throw InputError(at: "fixture", "\(entry.dtype) is not F32") }
            let values = bytes.withUnsafeBytes { raw in
                stride(from: entry.data_offsets[0], to: entry.data_offsets[1], by: 4).map {
                    raw.loadUnaligned(fromByteOffset: 8 + length + $0, as: Float.self)
                }
            }
            return Rows(shape: entry.shape, values: values)
        }
    }
}

extension PageImage {
    /// Reads a binary PPM with 8 bits a channel.
    init(portablePixmap bytes: [UInt8]) throws {
        let header = bytes.prefix(32).split(whereSeparator: { [0x20, 0x0A].contains($0) }).prefix(4)
        let fields = header.map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 4, fields[0] == "P6", fields[3] == "255", let width = Int(fields[1]),
            let height = Int(fields[2]), bytes.count >= width * height * 3
        else { throw InputError(at: "fixture", "this is no PPM") }
        self.init(width: width, height: height, format: .rgb, pixels: Array(bytes.suffix(width * height * 3)))
    }
}
