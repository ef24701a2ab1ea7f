// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The first bytes by which formats are known that Glyph does not read.
struct BinarySignature {
    let offset: Int
    let bytes: [UInt8]
    /// What the file is, with its article.
    let kind: String
    /// How its text can be had, if it has any.
    let remedy: String?

    private init(_ bytes: [UInt8], at offset: Int = 0, _ kind: String, remedy: String? = nil) {
        (self.bytes, self.offset, self.kind, self.remedy) = (bytes, offset, kind, remedy)
    }

    private init(_ text: String, at offset: Int = 0, _ kind: String, remedy: String? = nil) {
        self.init(Array(text.utf8), at: offset, kind, remedy: remedy)
    }

    /// Whether a file begins like this.
    ///
    /// A text may begin with the letters of a signature; a binary file soon has a zero.
    func matches(_ start: [UInt8]) -> Bool {
        guard start.count >= offset + bytes.count, start[offset..<offset + bytes.count] == bytes[...] else {
            return false
        }
        return isDocument || bytes.contains { $0 < 0x20 || $0 >= 0x7F } || start.contains(0)
    }

    /// Whether the format is itself written in ASCII.
    private var isDocument: Bool { bytes.starts(with: "{\\rtf".utf8) || bytes.starts(with: "%!PS".utf8) }

    private static let picture = "Pictures are not read; give Glyph the text, or a PDF that holds the picture"
    private static let sound = "Give Glyph a transcript"

    static let all: [BinarySignature] = [
        BinarySignature([0x89, 0x50, 0x4E, 0x47], "a PNG image", remedy: picture),
        BinarySignature([0xFF, 0xD8, 0xFF], "a JPEG image", remedy: picture),
        BinarySignature("GIF8", "a GIF image", remedy: picture),
        BinarySignature("WEBP", at: 8, "a WebP image", remedy: picture),
        BinarySignature([0x49, 0x49, 0x2A, 0x00], "a TIFF image", remedy: picture),
        BinarySignature([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image", remedy: picture),
        BinarySignature([0x00, 0x00, 0x01, 0x00], "an icon", remedy: picture),
        BinarySignature(
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            "an old or encrypted Office document",
            remedy: "Save it as DOCX without a password"
        ),
        BinarySignature("{\\rtf", "an RTF document", remedy: "Save it as DOCX: soffice --convert-to docx FILE"),
        BinarySignature("%!PS", "a PostScript document", remedy: "Make a PDF of it: ps2pdf FILE"),
        BinarySignature([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", remedy: "Unpack it, or make it a zip"),
        BinarySignature("Rar!", "a RAR archive", remedy: "Unpack it, or make it a zip"),
        BinarySignature("!<arch>\n", "a library or a Debian package"),
        BinarySignature([0x7F, 0x45, 0x4C, 0x46], "a program", remedy: "Name its source instead"),
        BinarySignature([0xCF, 0xFA, 0xED, 0xFE], "a program", remedy: "Name its source instead"),
        BinarySignature([0xCA, 0xFE, 0xBA, 0xBE], "a program", remedy: "Name its source instead"),
        BinarySignature([0x4D, 0x5A, 0x90, 0x00], "a program", remedy: "Name its source instead"),
        BinarySignature([0x00, 0x61, 0x73, 0x6D], "a WebAssembly module"),
        BinarySignature("SQLite format 3\u{0}", "a SQLite database", remedy: "Export its tables as CSV"),
        BinarySignature("PAR1", "a Parquet table", remedy: "Export it as CSV"),
        BinarySignature([0x00, 0x01, 0x00, 0x00, 0x00], "a font"),
        BinarySignature("OTTO", "a font"),
        BinarySignature("wOF", "a font"),
        BinarySignature("OggS", "a sound or video file", remedy: sound),
        BinarySignature("ID3", "a sound file", remedy: sound),
        BinarySignature("WAVE", at: 8, "a sound file", remedy: sound),
        BinarySignature("ftyp", at: 4, "a video or HEIF file", remedy: sound),
    ]
}
