// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A fault in something a person supplied: a file, a configuration key, a flag, an endpoint.
///
/// Every library throws this one type for bad input, so that a message always says what was being read, where,
/// what was found, what would have been accepted and what to do next.
public struct InputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where the fault is: a path, `path: key`, a URL, a flag.
    public var location: String
    /// What was found there, including the offending value.
    public var problem: String
    /// What would have been accepted.
    public var expected: String?
    /// What the person can do about it.
    public var remedy: String?

    public init(at location: String, _ problem: String, expected: String? = nil, remedy: String? = nil) {
        self.location = location
        self.problem = problem
        self.expected = expected
        self.remedy = remedy
    }

    public var description: String {
        var text = "\(location): \(problem)"
        if let expected { text += "; expected \(expected)" }
        if let remedy { text += ". \(remedy)" }
        return text
    }
}
