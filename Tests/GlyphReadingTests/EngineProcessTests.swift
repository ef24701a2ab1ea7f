// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphReading

/// Supervision against shell scripts that behave like an engine, well or badly.
@Suite(.timeLimit(.minutes(1))) struct EngineProcessTests {
    /// A script in a folder of its own, removed afterwards.
    private func withScript<Value>(
        _ script: String,
        _ body: (_ program: String, _ folder: String) async throws -> Value
    ) async throws -> Value {
        let folder = NSTemporaryDirectory() + "engine-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = folder + "/engine.sh"
        try "#!/bin/sh\n\(script)\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return try await body(program, folder)
    }

    private func failure(_ process: EngineProcess) async -> ReadingError? {
        do {
            _ = try await process.running()
            return nil
        } catch {
            return error as? ReadingError
        }
    }

    private func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    private func eventually(_ condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return condition()
    }

    private func number(in path: String) -> Int32? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int32($0.trimmed) }
    }

    @Test("its threads wait without taking the processor of others, unless the person says how")
    func waiting() {
        #expect(EngineEnvironment.variables(of: ["A": "b"]).sorted() == ["A=b", "GOMP_SPINCOUNT=1000"])
        for name in ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"] {
            #expect(EngineEnvironment.variables(of: [name: "x"]) == ["\(name)=x"])
        }
    }

    @Test("it gives the engine its model and a private socket, and is ready when the engine says so")
    func ready() async throws {
        try await withScript(
            #"echo "$@" > "$0.args"; echo "$GOMP_SPINCOUNT$OMP_WAIT_POLICY" > "$0.waits"; echo ready; cat"#
        ) { program, folder in
            let process = EngineProcess(.init(program: program, model: "/m", arguments: ["--threads", "2"]))
            let launch = try await process.running()
            let arguments = try String(contentsOfFile: program + ".args", encoding: .utf8).trimmed
            #expect(arguments == "serve --model /m --socket \(launch.socket) --supervised --threads 2")
            // How its threads wait, unless the person has said it.
            let own = ProcessInfo.processInfo.environment
            let chosen = (own["GOMP_SPINCOUNT"] ?? "") + (own["OMP_WAIT_POLICY"] ?? "")
            let waits = try String(contentsOfFile: program + ".waits", encoding: .utf8).trimmed
            #expect(waits == (chosen.isEmpty ? "1000" : chosen))
            let parent = (launch.socket as NSString).deletingLastPathComponent
            let permissions = try FileManager.default.attributesOfItem(atPath: parent)[.posixPermissions] as? Int
            #expect(permissions == 0o700)
            #expect(try await process.running() === launch)
            process.stop()
            #expect(try await eventually { launch.hasEnded && !FileManager.default.fileExists(atPath: parent) })
        }
    }

    @Test("an engine that cannot start is reported with its last words and its status")
    func failingStart() async throws {
        try await withScript("echo loading; echo 'model.safetensors: the file is cut off' >&2; exit 3") { program, _ in
            let fault = await failure(EngineProcess(.init(program: program, model: "/m")))
            #expect(fault?.kind == .engineFailure)
            #expect(fault?.endpoint == "/m")
            #expect(
                fault?.problem
                    == "the engine could not be started (exit status 3): model.safetensors: the file is cut off"
            )
        }
    }

    @Test("an engine that is not ready in time is ended and reported")
    func overdue() async throws {
        try await withScript(#"echo $$ > "$0.pid"; echo 'still loading' >&2; exec sleep 60"#) { program, _ in
            let process = EngineProcess(.init(program: program, model: "/m", readiness: .seconds(1)))
            let fault = await failure(process)
            #expect(fault?.problem == "the engine was not ready within 1 s: still loading")
            let pid = try #require(number(in: program + ".pid"))
            #expect(try await eventually { !isAlive(pid) })
        }
    }

    @Test("a program that does not exist is an input error")
    func missingProgram() async throws {
        await #expect(throws: InputError.self) {
            _ = try await EngineProcess(.init(program: "/no/such/engine", model: "/m")).running()
        }
    }

    @Test("an engine that died is started again at the next request")
    func restart() async throws {
        try await withScript(#"echo $$ > "$0.pid"; echo ready; cat"#) { program, _ in
            let process = EngineProcess(.init(program: program, model: "/m"))
            let first = try await process.running()
            let pid = try #require(number(in: program + ".pid"))
            kill(pid, SIGKILL)
            #expect(await first.ending(within: .seconds(5)) == .signal(SIGKILL))
            let second = try await process.running()
            #expect(second !== first)
            #expect(number(in: program + ".pid") != pid)
            process.stop()
        }
    }

    @Test("a failed start is tried again when asked again")
    func secondChance() async throws {
        let script = #"if [ -e "$0.once" ]; then echo ready; cat; else touch "$0.once"; exit 1; fi"#
        try await withScript(script) { program, _ in
            let process = EngineProcess(.init(program: program, model: "/m"))
            #expect(await failure(process)?.kind == .engineFailure)
            let launch = try await process.running()
            #expect(!launch.hasEnded)
            process.stop()
        }
    }

    @Test("many requests at once start one engine")
    func oneEngine() async throws {
        try await withScript(#"echo x >> "$0.starts"; sleep 0.1; echo ready; cat"#) { program, _ in
            let process = EngineProcess(.init(program: program, model: "/m"))
            process.start()
            let sockets = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { try await process.running().socket } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(sockets.count == 1)
            #expect(try String(contentsOfFile: program + ".starts", encoding: .utf8) == "x\n")
            process.stop()
        }
    }

    @Test("who leaves while the engine starts does not end the start that others wait for")
    func leaving() async throws {
        try await withScript(#"echo x >> "$0.starts"; while [ ! -e "$0.go" ]; do sleep 0.05; done; echo ready; cat"#) {
            program,
            _ in
            let process = EngineProcess(.init(program: program, model: "/m"))
            let leaving = Task { try await process.running() }
            let staying = Task { try await process.running() }
            #expect(try await eventually { FileManager.default.fileExists(atPath: program + ".starts") })
            leaving.cancel()
            await #expect(throws: CancellationError.self) { _ = try await leaving.value }
            try Data().write(to: URL(fileURLWithPath: program + ".go"))
            #expect(try await !staying.value.hasEnded)
            #expect(try String(contentsOfFile: program + ".starts", encoding: .utf8) == "x\n")
            process.stop()
        }
    }

    @Test("an engine that dies during an answer gives an error with its last words")
    func crash() async throws {
        // It says that it is ready, and dies as soon as it may be asked.
        let script = "echo ready; echo 'out of memory' >&2; sleep 0.2; kill -9 $$"
        try await withScript(script) { program, _ in
            let reader = EngineReader(EngineProcess(.init(program: program, model: "/m")))
            let fault = await reader.failure(of: try Samples.request())
            #expect(fault?.kind == .engineFailure)
            #expect(fault?.problem == "the engine died while it answered (signal 9 (Killed)): out of memory")
            #expect(fault?.remedy == "The next question starts it again")
        }
    }

    @Test("an engine ends when the process that started it is gone, however it went")
    func orphan() async throws {
        try await withScript(#"echo $$ > "$0.pid"; echo ready; cat; echo gone > "$0.gone""#) { program, _ in
            var process: EngineProcess? = EngineProcess(.init(program: program, model: "/m"))
            _ = try await process?.running()
            process = nil  // closes the pipe, as the kernel does for a process that was killed
            #expect(try await eventually { FileManager.default.fileExists(atPath: program + ".gone") })
        }
    }
}
