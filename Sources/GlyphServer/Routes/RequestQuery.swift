// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphHTTP

/// The part of a request's target after the question mark.
struct RequestQuery {
    private var values: [String: String] = [:]

    /// - Throws: `ServerFault` with status 400 for a name that is not known or there twice.
    init(_ target: String?, known: [String]) throws {
        guard let target, let mark = target.firstIndex(of: "?") else { return }
        for pair in target[target.index(after: mark)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let name = words[0], known.contains(name) else {
                throw ServerFault(
                    400,
                    "the query \"\(String(parts[0].prefix(80)))\" is unknown; there is \(known.joined(separator: ", "))",
                    param: words[0].map { String($0.prefix(80)) }
                )
            }
            guard let value = words.count > 1 ? words[1] : "", values[name] == nil else {
                throw ServerFault(400, "the value is no text, or there are two", param: name)
            }
            values[name] = value
        }
    }

    /// The value, or nil where there is none.
    subscript(name: String) -> String? { values[name] }

    /// One of some words, or nil where there is none.
    func word(_ name: String, oneOf words: [String]) throws -> String? {
        guard let value = values[name] else { return nil }
        guard words.contains(value) else {
            throw ServerFault(400, "\"\(value.prefix(80))\" is not \(words.joined(separator: ", "))", param: name)
        }
        return value
    }

    /// Which part of a list is asked for.
    func range() throws -> ListRange {
        var range = ListRange(after: values["after"])
        if let text = values["limit"] {
            guard let limit = Int(text), (1...1000).contains(limit) else {
                throw ServerFault(400, "it is no whole number from 1 to 1000", param: "limit")
            }
            range.limit = limit
        }
        range.isAscending = try word("order", oneOf: ["desc", "asc"]) == "asc"
        return range
    }
}
