// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CCrypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// SHA-256 digests, the identity of pages, fonts and configurations.
public enum Digest {
    /// The digest of `bytes` as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
    public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
        // The plain functions rather than EVP: EVP reads OpenSSL's configuration files first, which takes longer than
        // digesting a page.
        var context = SHA256_CTX()
        SHA256_Init(&context)
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
        return digits(of: &context)
    }

    /// The digest of a file, read piece by piece.
    ///
    /// - Throws: `InputError` when it cannot be read.
    public static func sha256(ofFile path: String) throws -> String {
        func fault() -> InputError { InputError(at: path, "cannot be read: \(String(cString: strerror(errno)))") }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw fault() }
        defer { close(file) }
        var context = SHA256_CTX()
        SHA256_Init(&context)
        try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 64) { piece in
            while true {
                let count = read(file, piece.baseAddress, piece.count)
                if count == 0 { return }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw fault() }
                SHA256_Update(&context, piece.baseAddress, count)
            }
        }
        return digits(of: &context)
    }

    private static func digits(of context: inout SHA256_CTX) -> String {
        let hash = [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            SHA256_Final(buffer.baseAddress, &context)
            count = Int(SHA256_DIGEST_LENGTH)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of an array of bytes.
    public static func sha256(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes(sha256)
    }
}
