// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The elements of a part of a DOCX document and its text, without what nobody who reads the document sees.
struct WordReader {
    private let reader: MarkupReader
    /// How many elements are open whose content is left out.
    private var dropped = 0
    /// How many properties of runs are open: `del` and `moveFrom` mark the end of a paragraph there, not a text.
    private var properties = 0
    private var isText = false

    init(_ bytes: [UInt8], name: String) throws {
        reader = try MarkupReader(bytes, syntax: .xml, name: name)
    }

    /// Fallbacks repeat what newer elements say; `instrText` is a field's formula; a change of properties holds the old.
    private static let droppedElements: Set<String> = [
        "Fallback", "instrText", "delText", "delInstrText", "pPrChange", "rPrChange", "sectPrChange", "numberingChange",
        "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange",
    ]

    /// The next element or piece of text, or nil at the end.
    mutating func next() throws -> MarkupReader.Event? {
        while let event = try reader.next() {
            switch event {
            case .start(let element):
                isText = element == "t"
                if isDropped(element) {
                    dropped += 1
                } else if dropped == 0 {
                    if element == "rPr" { properties += 1 }
                    return event
                }
            case .end(let element):
                isText = false
                if isDropped(element) {
                    dropped = max(0, dropped - 1)
                } else if dropped == 0 {
                    if element == "rPr" { properties -= 1 }
                    return event
                }
            case .text: if isText, dropped == 0 { return event }
            }
        }
        return nil
    }

    /// The attribute, given without its prefix, of the element that `next` has just given.
    func attribute(_ name: String) -> String? { reader.attribute(name) }

    /// Whether the property that `next` has just given is on, which it is unless it says otherwise.
    var isOn: Bool { !["0", "false", "off"].contains(attribute("val") ?? "1") }

    private func isDropped(_ element: String) -> Bool {
        Self.droppedElements.contains(element) || properties == 0 && (element == "del" || element == "moveFrom")
    }
}
