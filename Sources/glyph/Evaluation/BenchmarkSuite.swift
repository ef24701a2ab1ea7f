// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks

/// What a benchmark asks, in order; a group is opened when its turn comes, so that one file is in memory at a time.
struct BenchmarkSuite: Sendable {
    /// Examples that are made one by one.
    struct Group: Sendable {
        var count: Int
        var make: @Sendable (Int) throws -> TaskExample
    }

    var title: String
    /// What a reader of the report must know.
    var notes: [String]
    /// What the examples were made from; results of other examples do not belong in the same folder.
    var identity: [BenchmarkSettings.Setting]
    var groups: [@Sendable () throws -> Group] = []
    /// Whether all of it can be made, as far as that can be told before anything is asked.
    var check: @Sendable () async throws -> Void = {}
    var chinese = ChineseWords.characters
    /// Whether every page is transcribed by itself and errors are counted.
    var isTranscription = false
}
