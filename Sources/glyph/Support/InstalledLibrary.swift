// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// The libraries and programs that documents need, and that are looked for only where a document needs them: their
/// versions, nil where they are not installed.
enum InstalledLibrary {
    static var archive: String? { version(of: "libarchive.so.13", saidBy: "archive_version_string") }

    /// libxml2 keeps its version as the text of a number: 20914 is 2.9.14.
    static var xml: String? {
        guard let library = dlopen("libxml2.so.2", RTLD_NOW),
            let symbol = dlsym(library, "xmlParserVersion"),
            let text = symbol.load(as: UnsafePointer<CChar>?.self)
        else { return nil }
        let words = String(cString: text)
        guard let number = Int(words.prefix(while: \.isNumber)) else { return words }
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }

    /// The name of the file that is mapped, since ISA-L tells its version nowhere else.
    static var isal: String? {
        // Of a file that the kernel makes up, `FileManager` would return the beginning only.
        guard let maps = FileHandle(forReadingAtPath: "/proc/self/maps") else { return nil }
        let text = String(decoding: maps.readDataToEndOfFile(), as: UTF8.self)
        let names = text.split { $0 == "\n" || $0 == "/" }
        return names.first { $0.hasPrefix("libisal.so") }.map(String.init)
    }

    /// Poppler, by the first of its programs that reading a PDF starts.
    static var poppler: String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pdftotext", "-v"]
        let said = Pipe()
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, said)
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let start = "pdftotext version "
        return text.hasPrefix(start) ? text.dropFirst(start.count).split(separator: "\n").first.map(String.init) : nil
    }

    private static func version(of file: String, saidBy function: String) -> String? {
        typealias Words = @convention(c) () -> UnsafePointer<CChar>?
        guard let library = dlopen(file, RTLD_NOW), let symbol = dlsym(library, function) else { return nil }
        return unsafeBitCast(symbol, to: Words.self)().map { String(cString: $0) }
    }
}
