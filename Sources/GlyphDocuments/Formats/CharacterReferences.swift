// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Characters that HTML writes as `&name;` or `&#number;`, where libxml2 reads them otherwise than browsers do.
enum CharacterReferences {
    /// Common names of HTML 5 that HTML 4 lacks, and with it libxml2; what they stand for as Unicode numbers.
    private static let scalars: [String: UInt32] = [
        "comma": 44, "lpar": 40, "rpar": 41, "dollar": 36, "check": 10003, "checkmark": 10003,
        "cross": 10007, "period": 46, "colon": 58, "semi": 59, "excl": 33, "quest": 63, "num": 35, "percnt": 37,
        "ast": 42, "midast": 42, "plus": 43, "equals": 61, "lsqb": 91, "lbrack": 91, "rsqb": 93, "rbrack": 93,
        "lcub": 123, "lbrace": 123, "rcub": 125, "rbrace": 125, "bsol": 92, "sol": 47, "lowbar": 95, "grave": 96,
        "Hat": 94, "verbar": 124, "vert": 124, "VerticalLine": 124, "Vert": 8214, "Tab": 9, "NewLine": 10,
        "hyphen": 8208, "dash": 8208, "horbar": 8213, "star": 9734, "starf": 9733, "bigstar": 9733, "phone": 9742,
        "female": 9792, "male": 9794, "NotEqual": 8800, "ZeroWidthSpace": 8203, "NoBreak": 8288,
        "commat": 64, "mldr": 8230, "half": 189, "frac13": 8531, "frac23": 8532, "frac15": 8533, "frac25": 8534,
        "frac35": 8535, "frac45": 8536, "frac16": 8537, "frac56": 8538, "frac18": 8539, "frac38": 8540,
        "frac58": 8541, "frac78": 8542, "lsquor": 8218, "ldquor": 8222, "rsquor": 8217, "rdquor": 8221,
        "OpenCurlyQuote": 8216, "CloseCurlyQuote": 8217, "OpenCurlyDoubleQuote": 8220, "CloseCurlyDoubleQuote": 8221,
        "imath": 305, "inodot": 305, "Idot": 304, "ccaron": 269, "Ccaron": 268, "zcaron": 382, "Zcaron": 381,
        "ecaron": 283, "rcaron": 345, "lstrok": 322, "Lstrok": 321, "aogon": 261, "eogon": 281, "sacute": 347,
        "nacute": 324, "zacute": 378, "zdot": 380, "cacute": 263, "Cacute": 262, "odblac": 337, "udblac": 369,
        "gbreve": 287, "Gbreve": 286, "scedil": 351, "Scedil": 350, "abreve": 259, "amacr": 257, "emacr": 275,
        "imacr": 299, "omacr": 333, "umacr": 363, "nearr": 8599, "searr": 8600, "LeftArrow": 8592, "RightArrow": 8594,
        "UpArrow": 8593, "DownArrow": 8595, "Rightarrow": 8658, "map": 8614, "mapsto": 8614, "langle": 10216,
        "rangle": 10217, "leq": 8804, "geq": 8805, "leqslant": 10877, "geqslant": 10878, "Sum": 8721, "pm": 177,
        "PlusMinus": 177, "div": 247, "centerdot": 183, "sung": 9834, "numero": 8470, "copysr": 8471, "ohm": 937,
        "angst": 197, "planck": 8463, "squ": 9633, "square": 9633, "cir": 9675, "natural": 9838, "sharp": 9839,
        "flat": 9837, "malt": 10016, "rx": 8478, "hairsp": 8202, "numsp": 8199, "puncsp": 8200, "emsp13": 8196,
        "emsp14": 8197, "MediumSpace": 8287, "fflig": 64256, "filig": 64257, "fllig": 64258, "ffilig": 64259,
        "ffllig": 64260,
    ]
    /// No name above is longer, with what begins and ends it.
    private static let longest = 24

    /// What browsers show for the control codes from U+0080 on, which pages mean as bytes of windows-1252.
    private static let windows = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars
    )

    /// The page with numbers for those names, so that nothing that an attribute holds can end it.
    static func completed(_ page: [UInt8]) -> [UInt8] {
        let ampersand = UInt8(ascii: "&")
        var result: [UInt8] = []
        var done = 0
        var next = page.firstIndex(ofByte: ampersand)
        while let start = next {
            if let end = page[start...].prefix(longest).firstIndex(of: UInt8(ascii: ";")),
                let scalar = scalars[String(decoding: page[(start + 1)..<end], as: UTF8.self)]
            {
                result += page[done..<start]
                result += "&#\(scalar);".utf8
                done = end + 1
            }
            next = page.firstIndex(ofByte: ampersand, from: start + 1)
        }
        return done == 0 ? page : result + page[done...]
    }

    /// The text with the characters that control codes from U+0080 to U+009F stand for.
    static func withoutControls(_ text: String) -> String {
        // All of them begin with this byte, and few texts have it.
        guard text.utf8.contains(0xC2) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard (0x80...0x9F).contains(scalar.value) else {
                result.append(scalar)
                continue
            }
            let shown = windows[Int(scalar.value) - 0x80]
            if shown != scalar { result.append(shown) }
        }
        return String(result)
    }
}
