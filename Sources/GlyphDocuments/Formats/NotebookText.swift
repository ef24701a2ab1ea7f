// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Jupyter notebooks as text: the cells in order, each under its number, code fenced, with the outputs that are text.
enum NotebookText {
    /// Reads a notebook of format 4.
    ///
    /// - Returns: the text, and notes about what is not text.
    /// - Throws: `InputError` for damaged JSON and other formats.
    static func read(_ bytes: [UInt8], name: String) throws -> (text: TextBuilder, notes: [String]) {
        let notebook = try JSONParser.parse(bytes, source: name)
        guard let cells = notebook["cells"]?.elements else {
            throw InputError(
                at: name,
                "is no notebook of format 4",
                expected: "a list of cells",
                remedy: "Convert it: jupyter nbconvert --to notebook --nbformat 4"
            )
        }
        let language =
            notebook["metadata"]?["language_info"]?["name"]?.text
            ?? notebook["metadata"]?["kernelspec"]?["language"]?.text ?? ""
        var text = TextBuilder()
        var others = Others()
        for (index, cell) in cells.enumerated() {
            let section = "cell \(index + 1)"
            let type = TerminalText.withoutControls(cell["cell_type"]?.text ?? "")
            let source = TerminalText.withoutControls(cell["source"]?.joined ?? "").trimmedLines
            text.add("[\(section): \(type)]", section: section)
            text.add(type == "code" ? fenced(source, language) : others.countingPictures(in: source), section: section)
            for output in cell["outputs"]?.elements ?? [] {
                let shown = set(output, &others).trimmedLines
                if !shown.isEmpty { text.add("[output]\n\(shown)", section: section) }
            }
            others.pictures += cell["attachments"]?.keys.count ?? 0
        }
        text.finish()
        return (text, others.notes)
    }

    /// What is not read, counted.
    private struct Others {
        /// Outputs by the name of their type.
        var outputs: [String: Int] = [:]
        /// Pictures that Markdown shows.
        var pictures = 0

        var notes: [String] {
            let counts = outputs.sorted { $0.key < $1.key }.map { "\("output".counted($0.value)) of \($0.key)" }
            let shown = pictures > 0 ? ["picture".counted(pictures) + " in Markdown"] : []
            return (counts + shown).map { "not read: \($0)" }
        }

        /// Markdown without its pictures, which it counts.
        mutating func countingPictures(in markdown: String) -> String {
            let (text, count) = EmbeddedPictures.removed(from: markdown)
            pictures += count
            return text
        }
    }

    /// Code between marks that no line of it can end.
    private static func fenced(_ code: String, _ language: String) -> String {
        guard !code.isEmpty else { return "" }
        var (run, longest) = (0, 2)
        for byte in code.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        let name = language.prefix { $0.isLetter || $0.isNumber || "+#-_.".contains($0) }
        return "\(fence)\(name)\n\(code)\n\(fence)"
    }

    /// The text of an output; other kinds are counted.
    private static func set(_ output: JSONValue, _ others: inout Others) -> String {
        switch output["output_type"]?.text {
        case "stream": return TerminalText.shown(output["text"]?.joined ?? "")
        case "error":
            let trace = output["traceback"]?.elements?.compactMap(\.text).joined(separator: "\n") ?? ""
            let summary = "\(output["ename"]?.text ?? "error"): \(output["evalue"]?.text ?? "")"
            return TerminalText.shown(trace.isEmpty ? summary : trace)
        default:
            let data = output["data"]
            for type in ["text/plain", "text/markdown", "text/latex"] {
                if let text = data?[type]?.joined {
                    // A picture's plain text only names the object that drew it.
                    if let picture = data?.keys.first(where: { $0.hasPrefix("image/") }) {
                        others.outputs[picture, default: 0] += 1
                    }
                    let shown = TerminalText.shown(text)
                    return type == "text/markdown" ? others.countingPictures(in: shown) : shown
                }
            }
            others.outputs[data?.keys.first ?? "an unknown type", default: 0] += 1
            return ""
        }
    }
}

extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    fileprivate var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    fileprivate var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    fileprivate var keys: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.key)
    }

    /// Text that is stored whole or as a list of lines.
    fileprivate var joined: String? { text ?? elements?.compactMap(\.text).joined() }
}
