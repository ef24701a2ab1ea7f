// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB
import GlyphHTTP

/// The disk refused something.
struct DiskFault: Error, Equatable {
    /// The system's number of the fault, such as `ENOSPC`.
    var number: Int32
    var doing: String

    var words: String { "cannot \(doing): \(String(cString: strerror(number)))" }

    /// Why a folder or what is in it cannot be used, in the system's words wherever it said any.
    static func words(of error: any Error) -> String {
        switch error {
        case let fault as DiskFault: return fault.words
        case let fault as CocoaError:
            // Foundation's own words are a number of its own; the system's fault lies beneath.
            guard let cause = fault.underlying as? POSIXError else { return fault.localizedDescription }
            return String(cString: strerror(cause.code.rawValue))
        default: return error.localizedDescription
        }
    }
}

extension ServerFault {
    /// A database that cannot be used now; whoever asks may try again, and the service goes on.
    init(_ fault: DatabaseError) {
        switch fault.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                503,
                "the database is in use by another program; try again",
                code: "storage_busy",
                retryAfter: 2
            )
        case .SQLITE_FULL: self = .diskIsFull
        default:
            self.init(
                503,
                "the database cannot be used: \(fault.message ?? "\(fault.resultCode)")",
                code: "storage_failure"
            )
        }
    }

    init(_ fault: DiskFault) {
        switch fault.number {
        case ENOSPC, EDQUOT: self = .diskIsFull
        default:
            self.init(503, "the service \(fault.words)", code: "storage_failure")
        }
    }

    private static let diskIsFull = ServerFault(
        503,
        "the disk is full; nothing was kept",
        code: "storage_full",
        retryAfter: 60
    )
}
