// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The parts of a form with files, as browsers and OpenAI's clients send it (RFC 7578 over RFC 2046, section 5.1).
package struct MultipartForm: Sendable {
    /// One field of the form.
    package struct Part: Sendable, Equatable {
        package var name: String
        /// Set where the field is a file.
        package var filename: String?
        package var content: [UInt8]
    }

    package private(set) var parts: [Part] = []

    /// Far more than any form here has; a body of nothing but boundaries must not become millions of parts.
    private static let mostParts = 32

    /// Reads a form.
    ///
    /// - Parameters:
    ///   - body: The whole body.
    ///   - contentType: The header's value, which names the boundary.
    /// - Throws: `InputError` for a form that is cut short or is none.
    package init(_ body: [UInt8], contentType: String) throws {
        guard let boundary = Self.parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count) else {
            throw Self.fault("the content type names no boundary")
        }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very beginning, without the line break that belongs to it.
        var index = body.starts(with: delimiter.dropFirst(2)) ? delimiter.count - 2 : nil
        index = try index ?? Self.find(delimiter, in: body, from: 0).map { $0 + delimiter.count }
        guard var index else { throw Self.fault("the boundary is nowhere") }
        while true {
            if body[index...].starts(with: [0x2D, 0x2D]) { return }
            while index < body.count, body[index] == 0x20 || body[index] == 0x09 { index += 1 }
            guard body[index...].starts(with: [0x0D, 0x0A]) else { throw Self.fault("a boundary's line does not end") }
            guard let headEnd = try Self.find(Array("\r\n\r\n".utf8), in: body, from: index),
                let end = try Self.find(delimiter, in: body, from: headEnd + 2)
            else { throw Self.fault("the form is cut short") }
            guard parts.count < Self.mostParts else {
                throw Self.fault("there are more than \(Self.mostParts) fields")
            }
            let head = body[index..<headEnd]
            // The line break before the delimiter may be the one that ends an empty part's head.
            let content = headEnd + 4 <= end ? Array(body[headEnd + 4..<end]) : []
            parts.append(try Self.part(head, content))
            index = end + delimiter.count
        }
    }

    /// The only part of a name.
    ///
    /// - Throws: `InputError` if the form has several.
    package func only(_ name: String) throws -> Part? {
        let found = parts.filter { $0.name == name }
        guard found.count < 2 else { throw InputError(at: name, "the field is there \(found.count) times") }
        return found.first
    }

    private static func part(_ head: ArraySlice<UInt8>, _ content: [UInt8]) throws -> Part {
        guard head.count <= 8192, let text = String(validating: head, as: UTF8.self) else {
            throw fault("a field's head is too long or no UTF-8")
        }
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
                continue
            }
            let value = String(line[line.index(after: colon)...])
            guard value.trimmingPrefix(while: { $0 == " " }).lowercased().hasPrefix("form-data"),
                let name = parameter("name", of: value)
            else { break }
            return Part(name: name, filename: parameter("filename", of: value), content: content)
        }
        throw fault("a field has no name")
    }

    /// A parameter of a header's value: a token, or text in quotation marks.
    static func parameter(_ name: String, of value: String) -> String? {
        var rest = value[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(where: { $0 == "=" || $0 == ";" }), rest[equals] == "=" else { continue }
            let key = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            var text = ""
            if rest.first == "\"" {
                rest.removeFirst()
                while let next = rest.popFirst(), next != "\"" {
                    // Browsers write a quotation mark as %22 and leave other backslashes alone (WHATWG).
                    if next == "\\", rest.first == "\"" || rest.first == "\\" {
                        text.append(rest.removeFirst())
                    } else {
                        text.append(next)
                    }
                }
            } else {
                text = String(rest.prefix { $0 != ";" && $0 != " " })
            }
            if key == name { return text }
        }
        return nil
    }

    private static func find(_ needle: [UInt8], in body: [UInt8], from start: Int) throws -> Int? {
        guard start <= body.count else { return nil }
        return body.withUnsafeBufferPointer { bytes in
            var index = start
            while index + needle.count <= bytes.count {
                if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) { return index }
                index += 1
            }
            return nil
        }
    }

    private static func fault(_ problem: String) -> InputError {
        InputError(at: ServerFault.bodyLocation, problem, expected: "multipart/form-data")
    }
}
