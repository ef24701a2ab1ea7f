// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The cells that stand for something other than their own character.
struct GridMarks {
    /// Ends a source line within a row; empty when lines start rows of their own.
    let newline: [Cell]
    let newlineColumns: Int
    /// One cell for a tab where source lines run on.
    let tab: Cell
    /// The digits of line numbers; empty without line numbers.
    let digits: [Cell]

    /// Looks the marks up.
    ///
    /// - Throws: `InputError` when no font can show the newline mark.
    init(_ config: RenderConfig, _ cells: inout CellTable) throws {
        newline = try config.newlineMark.unicodeScalars.map { scalar in
            let cell = try cells.cell(for: scalar)
            guard cell.kind == .glyph || cell.kind == .blank else {
                throw InputError(
                    at: "newline-mark",
                    "has U+\(Self.hexadecimal(scalar)), which no font here can draw in a cell",
                    expected: "printable characters, for example \"¶\" or \"↵\""
                )
            }
            return cell
        }
        newlineColumns = newline.reduce(0) { $0 + Int($1.columns) }
        guard newlineColumns <= GridGeometry.minimumColumns else {
            throw InputError(
                at: "newline-mark",
                "takes \(newlineColumns) cells",
                expected: "at most \(GridGeometry.minimumColumns)"
            )
        }
        let arrow = try cells.cell(for: "→")
        tab = arrow.kind == .glyph ? arrow : Cell(kind: .blank, columns: 1)
        digits = config.lineNumbers ? try "0123456789".unicodeScalars.map { try cells.cell(for: $0) } : []
    }

    /// How a character that cannot be drawn is written out: `[U+0007]`.
    static func spelling(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        Array("[U+\(hexadecimal(scalar))]".unicodeScalars)
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
