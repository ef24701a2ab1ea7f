// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the files that ship with a target lie.
///
/// SwiftPM puts resources into a folder next to the executable. The generated `Bundle.module` looks there too, but it
/// ends the process when it finds nothing, and the first use of Foundation's bundles costs more than loading a file.
public enum ResourceFolder {
    /// The path of a target's resource, whether or not it exists.
    public static func path(of name: String, inTarget target: String) -> String {
        "\(executableFolder)/glyph_\(target).resources/\(name)"
    }

    private static let executableFolder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let executable =
            length > 0
            ? String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
            : CommandLine.arguments.first ?? ""
        return executable.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(executable[..<$0]) } ?? "."
    }()
}
