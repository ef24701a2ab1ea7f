// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Relations between people or ideas, as an answer's triples, and as a drawing.
public struct RelationGraph: Sendable, Equatable {
    public struct Triple: Sendable, Equatable {
        public var subject: String
        public var relation: String
        public var object: String
    }

    public let triples: [Triple]

    /// Takes the triples of an answer: `{"triples": [{"subject": …, "relation": …, "object": …}, …]}`.
    ///
    /// - Throws: `InputError` for another form, and for more than a drawing can hold.
    public init(_ answer: JSONAnswer) throws {
        var fields = try JSONFields(answer.value, path: "answer: ")
        guard case .array(let elements) = try fields.required("triples", "an array") else {
            throw InputError(at: "answer: triples", "it is no array")
        }
        guard elements.count <= Self.most else {
            throw InputError(
                at: "answer: triples",
                "there are \(elements.count)",
                expected: "at most \(Self.most) for a drawing"
            )
        }
        triples = try elements.enumerated().map { index, element in
            var fields = try JSONFields(element, path: "answer: triples[\(index)]")
            func text(_ key: String) throws -> String {
                guard case .string(let text) = try fields.required(key, "text") else {
                    throw InputError(at: fields.location(key), "it is no text")
                }
                return text
            }
            return try Triple(subject: text("subject"), relation: text("relation"), object: text("object"))
        }
    }

    private static let most = 1000

    /// The graph in Graphviz's language; equal triples are drawn once.
    public var dot: String {
        var lines = [
            "digraph {", "  graph [rankdir=LR, charset=\"UTF-8\"];",
            "  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
            "  edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        var drawn: Set<String> = []
        for triple in triples {
            let edge = "  \(Self.quoted(triple.subject)) -> \(Self.quoted(triple.object)) "
            let line = edge + "[label=\(Self.quoted(triple.relation))];"
            if drawn.insert(line).inserted { lines.append(line) }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// A label as it is: without control characters, and with nothing that Graphviz would take for an escape.
    private static func quoted(_ label: String) -> String {
        var result = "\""
        for scalar in label.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Draws the graph with Graphviz's `dot`.
    ///
    /// - Parameters:
    ///   - path: the SVG file to write; one that is there is replaced when the new one is complete.
    ///   - searchPath: the folders to look for `dot` in, separated by colons; otherwise the environment's.
    ///   - limit: how long `dot` may take.
    /// - Throws: `InputError` when `dot` is not installed, fails or takes too long; `CancellationError`. Nothing half
    ///   written is left, and `dot` has ended.
    public func drawSVG(
        to path: String,
        searchPath: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws {
        let program = try Self.dotProgram(searchPath: searchPath)
        let partial = path + ".partial"
        let source = FileManager.default.temporaryDirectory.appendingPathComponent("glyph-\(UUID().uuidString).dot")
        defer {
            try? FileManager.default.removeItem(at: source)
            try? FileManager.default.removeItem(atPath: partial)
        }
        do {
            try Data(dot.utf8).write(to: source)
        } catch {
            throw InputError(at: source.path, "the file cannot be written")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-Tsvg", "-o", partial, source.path]
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw InputError(at: program, "cannot be started")
        }
        let isInTime = await Self.waitForEnd(of: process, within: limit)
        try Task.checkCancellation()
        guard isInTime else {
            throw InputError(at: "dot", "takes more than \(Int(limit.seconds)) s", remedy: "Ask for fewer relations")
        }
        guard process.terminationStatus == 0, rename(partial, path) == 0 else {
            throw InputError(at: path, "dot could not write the drawing", remedy: "Does the folder exist?")
        }
    }

    /// Finds Graphviz's `dot`, to be asked before a reader is paid for an answer.
    ///
    /// - Parameter searchPath: The folders to look in, separated by colons; otherwise the environment's.
    /// - Returns: Its path.
    /// - Throws: `InputError` when it is not installed.
    @discardableResult package static func dotProgram(searchPath: String? = nil) throws -> String {
        let folders = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        let candidates = folders.split(separator: ":").map { "\($0)/dot" }
        guard let program = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw InputError(
                at: "dot",
                "is not installed, and draws the graph",
                expected: "Graphviz's program dot in the search path",
                remedy: "Install it: apt-get install graphviz"
            )
        }
        return program
    }

    /// Waits for a process without holding a thread; kills it when it takes too long or nobody waits any more.
    ///
    /// - Returns: Whether it ended in time. In any case it has ended, and writes nothing any more.
    private static func waitForEnd(of process: Process, within limit: Duration) async -> Bool {
        let end: @Sendable () -> Void = {
            guard process.isRunning else { return }
            kill(process.processIdentifier, SIGKILL)
        }
        // A task of its own: who is cancelled waits as well.
        let ending = Task {
            while process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        }
        let timer = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return false }
            end()
            return true
        }
        await withTaskCancellationHandler {
            await ending.value
        } onCancel: {
            end()
        }
        timer.cancel()
        return await !timer.value
    }
}
