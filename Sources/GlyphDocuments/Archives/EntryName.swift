// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What may be said under an entry's name; names are labels here and never become paths.
enum EntryName {
    /// The entry's name with its folders, or nil for one that leaves the archive or hides what it says.
    static func safe(_ name: String) -> String? {
        guard !hides(name) else { return nil }
        let parts = name.replacing("\\", with: "/").split(separator: "/").filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains("..") else { return nil }
        return parts.joined(separator: "/")
    }

    /// Whether a name holds control characters, which could end a line and begin another file's header.
    static func hides(_ name: String) -> Bool {
        name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// What messages show of a name that is not safe.
    static func shown(_ name: String) -> String {
        String(
            String.UnicodeScalarView(name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 })
        )
    }
}
