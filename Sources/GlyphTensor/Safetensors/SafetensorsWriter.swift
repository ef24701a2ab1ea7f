// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes tensors as a `.safetensors` file that every reader of the format loads.
public enum SafetensorsWriter {
    /// Writes a file, replacing one that is there only when the new one is complete.
    ///
    /// - Parameters:
    ///   - tensors: Names and tensors, in the order they are to lie in the file. Their own types are kept.
    ///   - metadata: Text for the header; `transformers` wants `format` to be `pt`.
    ///   - path: The file.
    /// - Throws: `InputError` where the file cannot be written, `TensorError` where a tensor cannot be read.
    public static func write(
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

        let partial = path + ".partial"
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw fault(path) }
        var isOpen = true
        defer {
            if isOpen {
                close(file)
                unlink(partial)
            }
        }
        try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try write($0, to: file, path) }
        try Array(header.utf8).withUnsafeBytes { try write($0, to: file, path) }
        for (_, tensor) in tensors {
            try tensor.bytes().withUnsafeBytes { try write($0, to: file, path) }
        }
        isOpen = false
        guard close(file) == 0, rename(partial, path) == 0 else {
            let failure = fault(path)
            unlink(partial)
            throw failure
        }
    }

    /// What the system said last.
    private static func fault(_ path: String) -> InputError {
        let number = errno
        return InputError(
            at: path,
            "the file cannot be written: \(String(cString: strerror(number)))",
            remedy: number == ENOSPC ? "Make room on the disk" : nil
        )
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let buffer = UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Glibc)
                let step = Glibc.write(file, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let step = Musl.write(file, buffer.baseAddress, buffer.count)
            #else
                let step = Darwin.write(file, buffer.baseAddress, buffer.count)
            #endif
            // A signal in between is no fault.
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw fault(path) }
            rest = rest.dropFirst(step)
        }
    }
}
