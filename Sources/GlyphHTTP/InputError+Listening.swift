// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
package import GlyphPage
import NIOCore

/// Where a server listens, and thus which options of its program name another place.
package enum ListeningPlace: Sendable {
    /// `--host` and `--port`.
    case host(String, port: Int)
    /// `--port`, at 127.0.0.1.
    case loopback(port: Int)
    /// `--socket`.
    case socket(path: String)

    /// What it is called in a message.
    package var text: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .loopback(let port): "127.0.0.1:\(port)"
        case .socket(let path): path
        }
    }

    /// What to do about a number of the system.
    fileprivate func remedy(_ number: CInt) -> String {
        switch (self, number) {
        case (.socket, ENOENT), (.socket, EACCES), (.socket, ENOTDIR), (.socket, EROFS):
            "Choose a folder that is there, and where you may write, with --socket"
        case (.socket, _): "Choose another path for --socket"
        case (_, EADDRINUSE): "Stop what listens there, or choose another --port"
        case (_, EACCES): "Choose a --port above 1023"
        case (.host, EADDRNOTAVAIL): "Choose an address of this machine with --host"
        case (.host, _): "Try another --host or --port"
        case (.loopback, _): "Try another --port"
        }
    }
}

extension InputError {
    /// Bytes of a socket's path; SwiftNIO leaves a little of what Linux has unused.
    private static let longestPath = 103

    /// Says in the system's words why a server cannot listen, and what to do.
    ///
    /// - Returns: nil for a failure of another kind.
    package static func cannotListen(at place: ListeningPlace, _ failure: any Error) -> InputError? {
        switch failure {
        case let fault as IOError:
            let words = String(cString: strerror(fault.errnoCode))
            return cannotListen(at: place, words, remedy: place.remedy(fault.errnoCode))
        case is SocketAddressError.UnknownHost:
            return cannotListen(at: place, "no such host is known", remedy: place.remedy(EADDRNOTAVAIL))
        case SocketAddressError.unixDomainSocketPathTooLong:
            return longPath(place.text)
        default:
            return nil
        }
    }

    private static func cannotListen(at place: ListeningPlace, _ words: String, remedy: String) -> InputError {
        InputError(at: place.text, "cannot listen there: \(words)", remedy: remedy)
    }

    /// Refuses a path that a socket cannot have, before anything is made ready that takes long.
    ///
    /// - Throws: `InputError` for one that is too long.
    package static func checkSocketPath(_ path: String) throws {
        if path.utf8.count > longestPath { throw longPath(path) }
    }

    private static func longPath(_ path: String) -> InputError {
        InputError(
            at: path,
            "cannot listen there: the path has \(path.utf8.count) bytes",
            expected: "at most \(longestPath)",
            remedy: "Choose a shorter path for --socket"
        )
    }
}
