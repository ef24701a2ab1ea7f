// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphTrain

/// Where a process stands among those that train together; the first starts the others with these.
struct GroupPlace: ParsableArguments {
    @Option(help: "Which of the processes this is.")
    var rank = 0

    @Option(help: "Where the first process waits.")
    var group: String?

    /// The group of several processes, joined or to be joined.
    func group(of size: Int) throws -> ProcessGroup? {
        guard size > 1 else { return nil }
        if let group { return try ProcessGroup(joining: group, rank: rank, size: size) }
        return try ProcessGroup(leading: size)
    }
}

/// The processes that follow the first one of a group: the same program with the same options.
struct Followers {
    private let group: ProcessGroup
    private let processes: [Process]

    /// Starts them and waits until they have joined.
    init(_ group: ProcessGroup) throws {
        self.group = group
        processes = try (1..<group.size).map { rank in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = CommandLine.arguments.dropFirst() + ["--rank", "\(rank)", "--group", group.path]
            try process.run()
            return process
        }
        do {
            try group.gather { [processes] in processes.allSatisfy(\.isRunning) }
        } catch {
            dismiss()
            throw error
        }
    }

    /// Lets them go and waits for their end.
    func dismiss() {
        group.leave()
        for process in processes {
            process.terminate()
            process.waitUntilExit()
        }
    }

    /// What such a process does: as the first one says, silently, to its end.
    static func follow(_ trainer: Trainer) throws {
        signal(SIGINT, SIG_IGN)  // the first one decides when to stop
        try trainer.train { _ in false }
    }
}
