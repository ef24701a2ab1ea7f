// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// Standard output carries results, standard error everything said about them; neither is buffered, so that an
/// answer appears as it is written.
enum Terminal {
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    static func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
