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
        // Threads that spin while they wait for each other take the time of everything else on the machine.
        setenv("OMP_WAIT_POLICY", "PASSIVE", 0)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        execv(program, &words)
        throw InputError(at: program, "cannot be started: \(String(cString: strerror(errno)))")
    }
}
