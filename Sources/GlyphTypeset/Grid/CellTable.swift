// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What the grid shows for one code point.
struct Cell {
    enum Kind: UInt8 {
        /// Not looked up yet.
        case unknown
        /// Empty cells: the space separators.
        case blank
        /// A glyph in cells of its own.
        case glyph
        /// A combining mark, drawn over the previous cell.
        case overlay
        /// A code point without ink: joiners, variation selectors, direction marks.
        case invisible
        /// No font has it, or it is a control character: spelled as `[U+XXXX]`.
        case missing
    }

    var kind = Kind.unknown
    var columns: UInt8 = 0
    /// An index into `CellTable.fonts`.
    var font: UInt16 = 0
    var glyph: UInt32 = 0
    /// Quarter pixels from the cell's left edge (for an overlay: from the middle of the cells below it) to the pen.
    var quarterOffset: Int16 = 0
    /// Pixels from the cell's top edge to the baseline.
    var baseline: Int16 = 0
}

/// Looks each code point up once: its width, the first font that has it, its size and place in the cell.
struct CellTable {
    /// The fonts in the sizes used so far; grows when a character needs another.
    private(set) var fonts: [FontInstance] = []

    private let fit: CellFit
    /// The main font, then those of `fallback` opened so far.
    private var faces: [FontFace]
    /// The fonts to ask next; nil until a character first needs them, since finding installed fonts takes time.
    private var fallback: ArraySlice<FontFile>?
    private let configuredFallback: [FontFile]?
    /// Cells of the Basic Multilingual Plane by code point: one megabyte buys a lookup without hashing.
    private var basicPlane: [Cell]
    private var otherPlanes: [UInt32: Cell] = [:]

    init(_ config: RenderConfig) throws {
        let face = try FontFace(config.font)
        faces = [face]
        fit = CellFit(cellWidth: config.cellWidth, cellHeight: config.cellHeight, mainFont: face)
        configuredFallback = config.fontFallback
        basicPlane = Array(repeating: Cell(), count: 0x10000)
    }

    /// The cell of a code point.
    ///
    /// - Throws: `InputError` when a fallback font cannot be opened.
    mutating func cell(for scalar: Unicode.Scalar) throws -> Cell {
        let code = scalar.value
        if code < 0x10000 {
            let known = basicPlane[Int(code)]
            if known.kind != .unknown { return known }
            let cell = try makeCell(for: scalar)
            basicPlane[Int(code)] = cell
            return cell
        }
        if let known = otherPlanes[code] { return known }
        let cell = try makeCell(for: scalar)
        otherPlanes[code] = cell
        return cell
    }

    private mutating func makeCell(for scalar: Unicode.Scalar) throws -> Cell {
        let columns = WideScalars.contains(scalar.value) ? 2 : 1
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return Cell(kind: .invisible) }
        let category = properties.generalCategory
        if category == .spaceSeparator { return Cell(kind: .blank, columns: UInt8(columns)) }
        let separators: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        guard !separators.contains(category), let (index, glyph) = try find(scalar) else {
            return Cell(kind: .missing)
        }
        let face = faces[index]
        let extent = face.extent(ofGlyph: glyph)
        let isOverlay = category == .nonspacingMark || category == .enclosingMark
        let placement =
            isOverlay
            ? fit.placeOverlay(extent, of: face)
            : fit.place(extent, of: face, columns: columns, isMainFont: index == 0)
        return Cell(
            kind: isOverlay ? .overlay : .glyph,
            columns: UInt8(columns),
            font: instance(FontInstance(file: face.file, pixelsPerEm: placement.pixelsPerEm)),
            glyph: glyph,
            quarterOffset: Int16(clamping: placement.quarterOffset),
            baseline: Int16(clamping: placement.baseline)
        )
    }

    /// The first font of the chain with a glyph for `scalar`.
    private mutating func find(_ scalar: Unicode.Scalar) throws -> (face: Int, glyph: UInt32)? {
        var index = 0
        while true {
            if index == faces.count {
                guard let face = try openNext() else { return nil }
                faces.append(face)
            }
            let glyph = faces[index].glyph(for: scalar.value)
            if glyph != 0 { return (index, glyph) }
            index += 1
        }
    }

    private mutating func openNext() throws -> FontFace? {
        var files = try fallback ?? (configuredFallback ?? FontLibrary.fallbackChain())[...]
        defer { fallback = files }
        return try files.popFirst().map { try FontFace($0) }
    }

    private mutating func instance(_ wanted: FontInstance) -> UInt16 {
        if let index = fonts.firstIndex(of: wanted) { return UInt16(index) }
        fonts.append(wanted)
        return UInt16(fonts.count - 1)
    }
}
