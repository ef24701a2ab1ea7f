// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The two descriptors of a pipe that no child inherits; whoever makes them closes them.
package struct PipeEnds {
    package let reading: Int32
    package let writing: Int32

    /// - Throws: `InputError` if too many files are open.
    package init() throws {
        var ends: [Int32] = [0, 0]
        guard Self.make(&ends) == 0 else {
            throw InputError(at: "pipe", "cannot be made: \(String(cString: strerror(errno)))")
        }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Marks both ends as they are made: between two steps another thread could start a child that inherits them.
    ///
    /// `pipe2` is looked up by its name, because the C library's module for Swift leaves it out.
    private static func make(_ ends: inout [Int32]) -> Int32 {
        #if os(Linux)
            typealias Function = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
            if let symbol = dlsym(nil, "pipe2") {
                return unsafeBitCast(symbol, to: Function.self)(&ends, O_CLOEXEC)
            }
        #endif
        guard pipe(&ends) == 0 else { return -1 }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return 0
    }
}
