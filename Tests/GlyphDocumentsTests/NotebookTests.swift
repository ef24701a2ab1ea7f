// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Notebooks")
struct NotebookTests {
    /// Reads a notebook of cells that are given in JSON.
    private func read(_ cells: String) throws -> (text: String, notes: [String]) {
        let notebook = #"{"nbformat": 4, "metadata": {}, "cells": ["# + cells + "]}"
        let (text, notes) = try NotebookText.read(Array(notebook.utf8), name: "a.ipynb")
        return (String(decoding: text.bytes, as: UTF8.self), notes)
    }

    @Test("Of an output there is what a terminal would show")
    func terminal() {
        #expect(TerminalText.shown("  0%\r 50%\r100%\nend\r\n") == "100%\nend\n")
        #expect(TerminalText.shown(" 50%\r") == " 50%")
        #expect(TerminalText.shown("\u{1B}]8;;http://x\u{07}link\u{1B}]8;;\u{1B}\\ a") == "link a")
        #expect(TerminalText.shown("\u{1B}[1;31mred\u{1B}[0m\u{1B}[K \u{1B}(Bx\u{0}y\u{7}") == "red xy")
        #expect(TerminalText.shown("a\u{1B}]never ended\nb\u{1B}") == "anever ended\nb")
        #expect(TerminalText.shown("abc\u{08}\u{08}d\u{08}\u{08}\u{08}\u{08}e") == "e")
        #expect(TerminalText.withoutControls("a\r\nb\rc\u{0}\u{1B}d\n\n\te") == "a\nb\ncd\n\n\te")
    }

    @Test("Control codes in cells and outputs reach no text")
    func controls() throws {
        let output = #"{"output_type": "stream", "text": ["1%\r2%\r", "3%\u0000\n"]}"#
        let cell = #"{"cell_type": "code", "source": "a\u0000b\u001b", "outputs": ["# + output + "]}"
        #expect(try read(cell).text == "[cell 1: code]\n\n```\nab\n```\n\n[output]\n3%\n")
    }

    @Test("Code that contains a fence gets a longer one")
    func fences() throws {
        let cell = #"{"cell_type": "code", "source": "s = '````'"}"#
        #expect(try read(cell).text == "[cell 1: code]\n\n`````\ns = '````'\n`````\n")
    }

    @Test("Pictures inside of Markdown leave a short mark and are counted")
    func pictures() throws {
        let data = "data:image/png;base64," + String(repeating: "QUJD", count: 1000)
        let source = "a ![x](\(data)) <img src='\(data)'> data:image/png; b"
        let cell = #"{"cell_type": "markdown", "attachments": {"i.png": {}}, "source": ""# + source + "\"}"
        let result = try read(cell)
        #expect(result.text == "[cell 1: markdown]\n\na ![x](picture) <img src='picture'> data:image/png; b\n")
        #expect(result.notes == ["not read: 3 pictures in Markdown"])
    }
}
