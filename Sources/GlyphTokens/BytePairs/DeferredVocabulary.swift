// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// A vocabulary that is built when it is first needed: counting tokens never looks at their bytes.
final class DeferredVocabulary: Sendable {
    /// One more than the largest id, known without building.
    let count: Int
    private let build: @Sendable () -> Vocabulary
    private let built = Mutex<Vocabulary?>(nil)

    /// A vocabulary of `count` ids that `build` makes.
    init(count: Int, build: @escaping @Sendable () -> Vocabulary) {
        self.count = count
        self.build = build
    }

    /// A vocabulary that is there already.
    convenience init(_ vocabulary: Vocabulary) { self.init(count: vocabulary.count) { vocabulary } }

    var value: Vocabulary {
        built.withLock { known in
            if let known { return known }
            let vocabulary = build()
            known = vocabulary
            return vocabulary
        }
    }
}
