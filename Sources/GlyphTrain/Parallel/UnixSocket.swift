// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Glibc
import GlyphPage

/// A stream between two processes of one machine, whose end tells that the other one is gone.
final class UnixSocket {
    struct Ended: Error {}

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits for others to connect to a path, which must not exist.
    static func listening(at path: String) throws -> UnixSocket {
        let socket = try make(path)
        guard UnixAddress.with(path, socket.descriptor, Glibc.bind) == 0, listen(socket.descriptor, 64) == 0 else {
            throw fault(path)
        }
        return socket
    }

    /// Connects to one that listens.
    static func connected(to path: String) throws -> UnixSocket {
        let socket = try make(path)
        guard UnixAddress.with(path, socket.descriptor, Glibc.connect) == 0 else { throw fault(path) }
        return socket
    }

    /// The next connection, or nil where none comes within a time.
    func accepted(within milliseconds: Int32) -> UnixSocket? {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return nil }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        // A program that is started later must not keep the connection open behind this process.
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return UnixSocket(connection)
    }

    /// - Throws: `Ended` where the other side is gone.
    func send(_ number: Int64) throws(Ended) {
        var number = number
        guard Glibc.send(descriptor, &number, 8, Int32(MSG_NOSIGNAL)) == 8 else { throw Ended() }
    }

    /// - Throws: `Ended` where the other side is gone.
    func receive() throws(Ended) -> Int64 {
        var number: Int64 = 0
        while true {
            let count = recv(descriptor, &number, 8, Int32(MSG_WAITALL))
            if count == 8 { return number }
            if count >= 0 || errno != EINTR { throw Ended() }
        }
    }

    private static func make(_ path: String) throws -> UnixSocket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw fault(path) }
        return UnixSocket(descriptor)
    }

    private static func fault(_ path: String) -> InputError {
        InputError(at: path, "the processes cannot meet: \(String(cString: strerror(errno)))")
    }
}
