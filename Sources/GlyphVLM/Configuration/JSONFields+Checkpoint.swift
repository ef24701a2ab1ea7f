// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension JSONFields {
    /// Refuses fields of a checkpoint that nobody read.
    ///
    /// - Throws: `InputError` with the names of the fields.
    func finishCheckpoint() throws {
        try finish(
            "a GLM-4.1V checkpoint",
            remedy: "A field that changes what the model computes cannot be skipped."
        )
    }
}
