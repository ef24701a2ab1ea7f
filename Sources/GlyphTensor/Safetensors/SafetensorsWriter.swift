// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Writes tensors as a `.safetensors` file that every reader of the format loads.
package enum SafetensorsWriter {
    /// Writes a file, replacing one that is there only when the new one is complete.
    ///
    /// - Parameters:
    ///   - tensors: Names and tensors, in the order they are to lie in the file. Their own types are kept.
    ///   - metadata: Text for the header; `transformers` wants `format` to be `pt`.
    ///   - path: The file.
    /// - Throws: `InputError` where the file cannot be written, `TensorError` where a tensor cannot be read.
    package static func write(
        _ tensors: [(name: String, tensor: Tensor)],
        metadata: [(key: String, value: String)] = [("format", "pt")],
        to path: String
    ) throws {
        var header = "{\"__metadata__\":{"
        header += metadata.map { "\($0.key.jsonLiteral):\($0.value.jsonLiteral)" }.joined(separator: ",") + "}"
        var offset = 0
        for (name, tensor) in tensors {
            let end = offset + tensor.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            header += ",\(name.jsonLiteral):{\"dtype\":\"\(tensor.dtype.safetensorsName)\",\"shape\":[\(shape)],"
            header += "\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        // Data starts at a multiple of 8, so that readers can use it in place.
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

        let file = try CompleteFile(path)
        try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try file.append($0) }
        try file.append(Array(header.utf8))
        for (_, tensor) in tensors { try tensor.bytes().withUnsafeBytes { try file.append($0) } }
        try file.finish()
    }
}
