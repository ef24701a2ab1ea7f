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
        var others: [String: Int] = [:]
        for (index, cell) in cells.enumerated() {
            let section = "cell \(index + 1)"
            let type = cell["cell_type"]?.text ?? ""
            let source = (cell["source"]?.joined ?? "").trimmedLines
            text.add("[\(section): \(type)]", section: section)
            text.add(type == "code" && !source.isEmpty ? "```\(language)\n\(source)\n```" : source, section: section)
            for output in cell["outputs"]?.elements ?? [] {
                let shown = set(output, &others).trimmedLines
                if !shown.isEmpty { text.add("[output]\n\(shown)", section: section) }
            }
        }
        text.finish()
        let notes = others.sorted { $0.key < $1.key }.map { "not read: \("output".counted($0.value)) of \($0.key)" }
        return (text, notes)
    }

    /// The text of an output; other kinds are counted.
    private static func set(_ output: JSONValue, _ others: inout [String: Int]) -> String {
        switch output["output_type"]?.text {
        case "stream": return (output["text"]?.joined ?? "").withoutEscapes
        case "error":
            let trace = output["traceback"]?.elements?.compactMap(\.text).joined(separator: "\n") ?? ""
            let summary = "\(output["ename"]?.text ?? "error"): \(output["evalue"]?.text ?? "")"
            return (trace.isEmpty ? summary : trace).withoutEscapes
        default:
            let data = output["data"]
            for type in ["text/plain", "text/markdown", "text/latex"] {
                if let text = data?[type]?.joined {
                    // A picture's plain text only names the object that drew it.
                    if let picture = data?.keys.first(where: { $0.hasPrefix("image/") }) {
                        others[picture, default: 0] += 1
                    }
                    return text.withoutEscapes
                }
            }
            others[data?.keys.first ?? "an unknown type", default: 0] += 1
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

extension String {
    /// The text without a terminal's escape sequences.
    fileprivate var withoutEscapes: String { replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "") }
}
