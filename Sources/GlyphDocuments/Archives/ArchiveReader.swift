// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CArchive
import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Goes through a zip or tar archive in memory, entry by entry; nothing is ever written to disk.
final class ArchiveReader {
    enum Kind {
        case file, folder, link, other
    }

    struct Entry {
        /// The name in the archive, not to be used as a path.
        var name: String
        var kind: Kind
        var isEncrypted: Bool
    }

    private let handle: OpaquePointer
    /// The archive where libarchive reads it.
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private let size: Int
    private let name: String
    private let limits: DocumentLimits
    /// The bytes unpacked so far.
    private(set) var unpacked = 0

    /// Opens an archive.
    ///
    /// - Parameters:
    ///   - bytes: the archive.
    ///   - name: what messages call it.
    ///   - isSingleFile: whether the bytes are one compressed file rather than an archive.
    ///   - limits: what may be unpacked.
    /// - Throws: `InputError` when libarchive is not installed.
    init(_ bytes: [UInt8], name: String, isSingleFile: Bool = false, limits: DocumentLimits) throws {
        guard carchive_is_available() != 0 else {
            throw InputError(
                at: name,
                "is an archive, and the library that reads archives is not installed",
                expected: "libarchive.so.13",
                remedy: "Install it: apt-get install libarchive13"
            )
        }
        (size, self.name, self.limits) = (bytes.count, name, limits)
        buffer = .allocate(capacity: max(1, bytes.count))
        _ = buffer.initialize(from: bytes)
        guard let handle = carchive_open(buffer.baseAddress, bytes.count, isSingleFile ? 1 : 0) else {
            buffer.deallocate()
            throw InputError(at: name, "cannot be opened: there is not enough memory")
        }
        self.handle = handle
    }

    deinit {
        carchive_close(handle)
        buffer.deallocate()
    }

    /// The next entry, or nil after the last one.
    func next() throws -> Entry? {
        var entry = carchive_entry()
        switch carchive_next(handle, &entry) {
        case 0: return nil
        case 1:
            let kind: Kind =
                switch entry.kind {
                case CARCHIVE_FILE: .file
                case CARCHIVE_FOLDER: .folder
                case CARCHIVE_LINK: .link
                default: .other
                }
            return Entry(name: Self.text(entry.name), kind: kind, isEncrypted: entry.is_encrypted != 0)
        default: throw damaged(name)
        }
    }

    /// The current entry's content.
    ///
    /// - Parameters:
    ///   - label: what messages call the entry.
    ///   - most: the most bytes it may have.
    /// - Returns: all its bytes.
    /// - Throws: `InputError` when the data are damaged or more than the limits allow.
    func read(as label: String, atMost most: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = carchive_read(handle, &piece, piece.count)
            guard count >= 0 else { throw damaged(label) }
            if count == 0 { return content }
            unpacked += count
            guard content.count + count <= most else {
                throw InputError(
                    at: label,
                    "unpacks to more than \(most) bytes",
                    expected: "at most \(most)",
                    remedy: "Unpack the archive and name the files you need"
                )
            }
            try checkRatio()
            content += piece[..<count]
        }
    }

    /// The beginning of the current entry's content; `next` passes over the rest.
    ///
    /// - Parameters:
    ///   - label: what messages call the entry.
    ///   - count: how many bytes to read.
    /// - Returns: so many bytes, fewer when there are no more.
    /// - Throws: `InputError` when the data are damaged.
    func readStart(as label: String, count: Int) throws -> [UInt8] {
        var start: [UInt8] = []
        while start.count < count {
            var piece = [UInt8](repeating: 0, count: count - start.count)
            let got = carchive_read(handle, &piece, piece.count)
            guard got >= 0 else { throw damaged(label) }
            if got == 0 { break }
            start += piece[..<got]
        }
        unpacked += start.count
        return start
    }

    private func checkRatio() throws {
        guard unpacked > limits.freelyUnpacked, unpacked / limits.archiveRatio > size else { return }
        throw InputError(
            at: name,
            "unpacks to more than \(limits.archiveRatio) times its size, as archives made to do harm do",
            expected: "an archive of \(size) bytes to hold less than \(unpacked)",
            remedy: "Unpack it yourself if you trust it, and name the files you need"
        )
    }

    private func damaged(_ label: String) -> InputError {
        let reason = String(cString: carchive_error(handle))
        return InputError(
            at: label,
            "is damaged: \(reason)",
            expected: "a whole archive",
            remedy: "Download or make it again"
        )
    }

    /// A name as text: UTF-8 where it is, otherwise what its bytes suggest.
    private static func text(_ name: UnsafePointer<CChar>?) -> String {
        guard let name else { return "" }
        let bytes = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
        if UTF8Validation.firstInvalidOffset(in: bytes) == nil { return String(decoding: bytes, as: UTF8.self) }
        for encoding in ["GB18030", "windows-31j", "windows-1252"] {
            if let text = try? Decoding.decode(bytes, as: encoding, from: "") {
                return String(decoding: text, as: UTF8.self)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
