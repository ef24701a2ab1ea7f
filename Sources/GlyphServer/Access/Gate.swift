// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage
import HTTPTypes
import HummingbirdCore

/// Decides whether a request may be answered at all.
struct Gate: Sendable {
    /// The digest of the token that requests must carry; nil where none is needed.
    private let tokenDigest: String?

    init(token: String?) {
        tokenDigest = token.map { Digest.sha256(Array($0.utf8)) }
    }

    /// Refuses what another web page sends, and without a token what was sent under a foreign name.
    ///
    /// - Throws: `ServerFault` with status 403.
    func checkOrigin(_ request: Request) throws {
        // A token proves more than a name does, and proxies pass on names of their own.
        if tokenDigest == nil { try RequestBytes.checkHost(request) }
        let host = request.head.authority ?? ""
        if let origin = request.headers[.origin], origin != "http://\(host)", origin != "https://\(host)" {
            throw ServerFault(403, "requests from other pages are refused", code: "foreign_origin")
        }
    }

    /// Refuses a request without the token.
    ///
    /// Digests of equal length are compared to their end, so the time says nothing of where they differ.
    ///
    /// - Throws: `ServerFault` with status 401.
    func checkToken(_ request: Request) throws {
        guard let tokenDigest else { return }
        let given = request.headers[.authorization] ?? ""
        // The scheme's case means nothing (RFC 9110, section 11.1).
        let isBearer = given.prefix(7).lowercased() == "bearer "
        let digest = Digest.sha256(Array((isBearer ? given.dropFirst(7) : "").utf8))
        let difference = zip(digest.utf8, tokenDigest.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0 else {
            throw ServerFault(
                401,
                given.isEmpty ? "this service wants a token as \"Authorization: Bearer …\"" : "the token is wrong",
                code: "invalid_api_key"
            )
        }
    }
}
