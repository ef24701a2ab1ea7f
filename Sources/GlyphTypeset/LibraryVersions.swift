// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CFreeType
import CHarfBuzz
import CUnicode

/// The versions of the C libraries that decide what a page looks like.
public enum LibraryVersions {
    public static var freeType: String {
        var library: FT_Library?
        guard FT_Init_FreeType(&library) == 0 else { return "cannot be initialised" }
        defer { FT_Done_FreeType(library) }
        var (major, minor, patch): (FT_Int, FT_Int, FT_Int) = (0, 0, 0)
        FT_Library_Version(library, &major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    public static var harfBuzz: String { String(cString: hb_version_string()) }

    /// The major version; the break rules change with it.
    public static var icu: String { "\(cunicode_version())" }
}
