// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The `.gitignore` files that apply in a folder, from the outermost; a later pattern outweighs an earlier one.
struct IgnoreRules {
    /// A file's patterns and the folder they count from, given from the root of the walk; empty for the root itself.
    private var files: [(folder: String, patterns: [IgnorePattern])] = []

    /// Adds a file's text, which lies in `folder`.
    mutating func add(_ text: String, in folder: String) {
        let patterns = text.split(separator: "\n", omittingEmptySubsequences: true).compactMap { IgnorePattern($0) }
        if !patterns.isEmpty { files.append((folder, patterns)) }
    }

    /// Whether a path is ignored, given that the folders it lies in are not.
    func ignores(_ path: String, isFolder: Bool) -> Bool {
        for (folder, patterns) in files.reversed() {
            guard folder.isEmpty || path.hasPrefix(folder + "/") else { continue }
            let relative = folder.isEmpty ? path : String(path.dropFirst(folder.count + 1))
            if let last = patterns.last(where: { $0.matches(relative, isFolder: isFolder) }) { return !last.isNegated }
        }
        return false
    }
}
