// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CMarkup
import GlyphPage

/// HTML or XML as a stream of elements and text; every start has its end.
final class MarkupReader {
    enum Event {
        case start(String)
        case end(String)
        case text(String)
    }

    enum Syntax {
        /// Of any quality; element names are in lower case.
        case html
        /// Must be well formed; names come without their prefixes.
        case xml
    }

    private let handle: OpaquePointer
    private let buffer: UnsafeMutableBufferPointer<CChar>
    private let name: String
    /// The open elements and their depths.
    private var open: [(name: String, depth: Int32)] = []
    private var pending: Event?
    private var isAtEnd = false

    /// The line of the last element or text, or nil where it is not known.
    private(set) var line: Int?

    init(_ bytes: [UInt8], syntax: Syntax, name: String) throws {
        guard cmarkup_is_available() != 0 else {
            throw InputError(
                at: name,
                "needs the library that reads HTML and XML, which is not installed",
                expected: "libxml2.so.2",
                remedy: "Install it: apt-get install libxml2"
            )
        }
        guard bytes.count < Int(Int32.max) else {
            throw InputError(at: name, "has \(bytes.count) bytes", expected: "at most \(Int32.max) bytes of mark-up")
        }
        self.name = name
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(1, bytes.count))
        self.buffer = buffer
        bytes.withUnsafeBytes { _ = buffer.initialize(from: $0.bindMemory(to: CChar.self)) }
        let length = Int32(bytes.count)
        var reason: UnsafePointer<CChar>?
        let opened =
            syntax == .html
            ? cmarkup_open_html(buffer.baseAddress, length, &reason) : cmarkup_open_xml(buffer.baseAddress, length)
        guard let opened else {
            buffer.deallocate()
            guard let reason else { throw InputError(at: name, "holds no mark-up that can be read") }
            throw InputError(
                at: name,
                "cannot be read to its end: \(String(cString: reason))",
                expected: "HTML as browsers write it",
                remedy: "Open it in a browser and save it as text, or print it as PDF"
            )
        }
        handle = opened
    }

    deinit {
        cmarkup_close(handle)
        buffer.deallocate()
    }

    /// The next event, or nil at the end.
    func next() throws -> Event? {
        while true {
            if let event = pending {
                pending = nil
                if let close = closing(before: event) {
                    pending = event
                    return close
                }
                if case .start(let name) = event { open.append((name, cmarkup_depth(handle))) }
                return event
            }
            if isAtEnd { return open.popLast().map { .end($0.name) } }
            try advance()
        }
    }

    /// The attribute of the element that `next` has just given.
    func attribute(_ name: String) -> String? {
        cmarkup_attribute(handle, name).map { String(cString: $0) }
    }

    /// How many elements lie right in the element of HTML that `next` has just given.
    var childCount: Int { cmarkup_child_count(handle) }

    /// The end of the innermost element that an event does not lie in.
    private func closing(before event: Event) -> Event? {
        guard let last = open.last, last.depth >= cmarkup_depth(handle) else { return nil }
        open.removeLast()
        return .end(last.name)
    }

    private func advance() throws {
        let node = cmarkup_next(handle)
        switch node {
        case CMARKUP_FINISHED: isAtEnd = true
        case CMARKUP_START:
            line = known(cmarkup_line(handle))
            pending = .start(String(cString: cmarkup_name(handle)))
        case CMARKUP_TEXT:
            line = known(cmarkup_line(handle)) ?? line
            pending = .text(String(cString: cmarkup_text(handle)))
        case CMARKUP_DAMAGED: throw damaged()
        default: break
        }
    }

    private func known(_ line: Int) -> Int? { line > 0 ? line : nil }

    private func damaged() -> InputError {
        var line = 0
        let reason = cmarkup_error(&line).map { String(cString: $0).trimmed } ?? "it is malformed"
        return InputError(
            at: line > 0 ? "\(name): line \(line)" : name,
            "is damaged: \(reason)",
            expected: "well-formed XML",
            remedy: "Save the document again with the program it comes from"
        )
    }
}
