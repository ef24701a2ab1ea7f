// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphReading

/// The other program, which alone links a tensor library.
enum EngineProgram {
    /// Becomes `glyph-engine` with the given arguments; returns only by throwing.
    ///
    /// - Throws: `InputError` if the program is not there or cannot be started.
    static func become(_ arguments: [String]) throws -> Never {
        let program = try EngineProcess.Configuration.program()
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = EngineEnvironment.variables.map { strdup($0) } + [nil]
        execve(program, &words, &variables)
        throw InputError(at: program, "cannot be started: \(String(cString: strerror(errno)))")
    }
}
