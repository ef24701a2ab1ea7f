// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

/// Texts for the reflow tests: prose to wrap, and blocks that must never be joined.
enum Samples {
    struct Block: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var testDescription: String { name }
    }

    /// Paragraphs on one line each, from nine words to nine lines.
    static let paragraphs = [
        "The harbour had been quiet since the morning, and the two brothers who kept the light had little to do but "
            + "mend their nets and watch the grey water for a sail. Neither spoke of the letter that lay on the table "
            + "between them; each had read it twice, and each hoped that the other would find the courage to answer "
            + "before the mail boat came round the point again on its way to the islands.",
        "It was the elder who rose first, went to the window, and stood there for a long while with even a kind of "
            + "anger in the set of his shoulders.",
        "Nothing moved on the sea, nor on the land.",
        "When at last the younger brother folded the paper and put it away, he did it with such care that anybody who "
            + "saw him might have thought it worth a great deal; in truth it held only the address of a cousin they "
            + "had never met, a date in the following spring, and three words which their mother used to say when "
            + "somebody left the house for longer than a day. He remembered how she had stood at the same window, "
            + "counting the boats that came home, and how she never sat down before the last of them was in. There "
            + "were evenings on which she stood there until the lamp had to be filled a second time, and not one of "
            + "her children would have dared to ask whether she was tired.",
    ]

    /// The paragraphs, wrapped.
    static func prose(width: Int, separator: String = "\n\n") -> String {
        paragraphs.map { wrap($0, at: width) }.joined(separator: separator) + "\n"
    }

    /// Breaks greedily, as mail programs and `textwrap` do.
    static func wrap(_ text: String, at width: Int) -> String {
        var lines: [String] = []
        var line = String(text.prefix { $0 == " " })
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = ("", true)
            }
            line += isEmpty ? String(word) : " " + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }

    static func reflowed(_ text: String) -> String {
        String(decoding: Reflow.apply(SourceText(text)).text.utf8, as: UTF8.self)
    }

    static let blocks: [Block] = [
        Block(
            name: "sonnet",  // Shakespeare, 18
            text: """
                Shall I compare thee to a summer's day?
                Thou art more lovely and more temperate:
                Rough winds do shake the darling buds of May,
                And summer's lease hath all too short a date:
                Sometime too hot the eye of heaven shines,
                And often is his gold complexion dimm'd;
                And every fair from fair sometime declines,
                By chance, or nature's changing course, untrimm'd;
                """
        ),
        Block(
            name: "verse without capitals",
            text: """
                the road goes down to the river
                and the river is slow tonight,
                we carry what we can carry
                and leave the rest to the light
                of a lamp in a window somewhere
                that nobody wants to put out
                """
        ),
        Block(
            name: "bullets",
            text: """
                - the first entry of a list whose text was wrapped by hand so that it takes
                two lines of nearly the same length as the prose that stands around it in
                the document, and a third
                - the second entry, which is just as long as the first one and is wrapped at
                the same width, which makes it look like a paragraph to a careless program
                """
        ),
        Block(
            name: "numbers",
            text: """
                1. Open the box with care and take all the parts out, one after another, and
                place them on the table in the order in which the drawing on the lid shows
                them to you.
                2. Count the screws. There must be twelve long ones and eight short ones, of
                which two are spare.
                """
        ),
        Block(
            name: "licence clauses",
            text: """
                1.E.1. The following sentence, with active links to, or other immediate
                access to, the full terms of the licence must appear prominently whenever
                any copy of a work on which the name appears is displayed, performed or
                distributed.
                """
        ),
        Block(
            name: "definitions",
            text: """
                Layout
                : The step that turns text into positions of glyphs on pages of one size,
                before any pixel is drawn or any file is written, and after reflow.
                """
        ),
        Block(
            name: "contents",
            text: """
                Chapter I ............................................................. 1
                Chapter II ........................................................... 14
                Chapter III .......................................................... 29
                Chapter IV ........................................................... 41
                """
        ),
        Block(
            name: "indented code",
            text: """
                    for (size_t index = 0; index < count_of_all_the_lines_there; ++index) {
                        total_of_the_widths += measure(lines[index], font_of_the_page);
                    }
                    return total_of_the_widths / count_of_all_the_lines_there / scale;
                """
        ),
        Block(
            name: "flush code",
            text: """
                int compare(const struct line *left, const struct line *right, int flag)
                {
                if (left->width < right->width || left->start < right->start) return -1;
                if (left->width > right->width || left->start > right->start) return +1;
                return flag ? memcmp(left->bytes, right->bytes, left->count) : (0 == 0);
                }
                """
        ),
        Block(
            name: "fenced block",
            text: """
                ```
                this looks like a paragraph of ordinary prose, wrapped at the same column
                as everything else in the document, but it stands in a fenced block, so a
                reader of Markdown would show its lines exactly as they are written there
                and so do we
                ```
                """
        ),
        Block(
            name: "pipe table",
            text: """
                | name of the part | how many there are | what it is good for in the end |
                | ---------------- | ------------------ | ------------------------------ |
                | screw            | twelve and eight   | holds the board to the frame   |
                """
        ),
        Block(
            name: "CSV",
            text: """
                2024-01-01,Harbour Street,light rain in the morning,wind from the west,7
                2024-01-02,Harbour Street,fog until noon,no wind to speak of all day,11
                2024-01-03,Harbour Street,clear and cold,wind from the north by night,3
                2024-01-04,Harbour Street,snow after dark,wind from the north east,-2
                """
        ),
        Block(
            name: "columns of figures",
            text: """
                1851 1200 1340 1499 1601 1777 1802 1950 2033 2101 2244 2300 2411 2520
                1861 1210 1350 1509 1611 1787 1812 1960 2043 2111 2254 2310 2421 2530
                1871 1220 1360 1519 1621 1797 1822 1970 2053 2121 2264 2320 2431 2540
                """
        ),
        Block(
            name: "quotation",
            text: """
                > On Monday you wrote that the parts would come before the end of the week
                > and that we should not order any others until then. It is Friday, and I
                > have seen none.
                """
        ),
        Block(
            name: "mail headers",
            text: """
                From: Anne Example <anne@example.org>
                To: Bertram Example <bertram@example.org>
                Subject: The parts that you wrote about on Monday, and those of last week
                Date: Fri, 5 Jan 2024 10:00:00 +0000
                """
        ),
        Block(
            name: "address and signature",
            text: """
                Yours sincerely,
                Anne Example
                14 Harbour Street
                Northport
                """
        ),
        Block(name: "title", text: "THE LIGHT AT THE END OF THE LONG WALL\nA TALE OF TWO BROTHERS\nIN FOUR PARTS"),
        Block(name: "Markdown heading", text: "## How it began\n### The first winter\n#### The letter"),
    ]
}

extension ReflowResult {
    /// The bytes of the original, as the offsets say how to restore them.
    var original: [UInt8] {
        var bytes = text.utf8
        for (index, offset) in joinedOffsets.enumerated() {
            let isPair = index + 1 < joinedOffsets.count && joinedOffsets[index + 1] == offset + 1
            bytes[offset] = UInt8(ascii: isPair ? "\r" : "\n")
        }
        return bytes
    }
}
