// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphTokens
import Testing

@testable import GlyphTrain

@Suite(.timeLimit(.minutes(2))) struct ProcessGroupTests {
    /// Runs `body` for each rank, each on a thread of its own, as processes would.
    private static func run<Value: Sendable>(
        _ size: Int,
        _ body: @escaping @Sendable (ProcessGroup) throws -> Value
    ) async throws -> [Result<Value, any Error>] {
        let leader = Shared(try ProcessGroup(leading: size))
        let path = leader.value.path
        return await withTaskGroup(of: (Int, Result<Value, any Error>).self) { tasks in
            for rank in 0..<size {
                tasks.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            let result = Result {
                                let group =
                                    try rank == 0 ? leader.value : ProcessGroup(joining: path, rank: rank, size: size)
                                defer { group.leave() }
                                if rank == 0 { try group.gather { true } }
                                return try body(group)
                            }
                            continuation.resume(returning: (rank, result))
                        }
                    }
                }
            }
            var results: [(Int, Result<Value, any Error>)] = []
            for await result in tasks { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private struct Shared: @unchecked Sendable {
        let value: ProcessGroup
        init(_ value: ProcessGroup) { self.value = value }
    }

    @Test("Every process gets the same sums, again and again", arguments: [(2, 1), (3, 1000), (4, 3), (5, 7)])
    func sums(_ size: Int, _ count: Int) async throws {
        let results = try await Self.run(size) { group in
            try (0..<20).map { turn in
                try group.sum((0..<count).map { Float(group.rank + 1) * Float($0 + turn) })
            }
        }
        let factor = Float(size * (size + 1) / 2)
        let expected = (0..<20).map { turn in (0..<count).map { factor * Float($0 + turn) } }
        for result in results { #expect(try result.get() == expected) }
    }

    @Test("Sums of other counts than the first ones are right, and as long as what was brought")
    func counts() async throws {
        // More than a page of memory, and fewer again: a later step may have more batches than the first one.
        let counts = [3, 100_000, 5, 100_001, 2, 300_000]
        let results = try await Self.run(3) { group in
            try counts.map { count in try group.sum((0..<count).map { Float(group.rank + 1) * Float($0) }) }
        }
        let expected = counts.map { count in (0..<count).map { 6 * Float($0) } }
        for result in results { #expect(try result.get() == expected) }
    }

    @Test("A process that ends is an error of the leader; without the leader the others end")
    func endings() async throws {
        struct Gone: Error {}
        for lost in [0, 2] {
            let results = try await Self.run(3) { group in
                for turn in 0..<5 {
                    if turn == 2, group.rank == lost { throw Gone() }
                    _ = try group.sum([1, 2, 3])
                }
                return group.rank
            }
            #expect(throws: Gone.self) { try results[lost].get() }
            if lost == 2 {
                let error = #expect(throws: InputError.self) { try results[0].get() }
                #expect(error?.location == "process 2")
            }
            #expect(throws: ProcessGroup.LeaderLeft.self) { try results[1].get() }
        }
    }

    @Test("Who ends before it joins, or joins as somebody else, is an error of the leader")
    func joining() throws {
        let leader = try ProcessGroup(leading: 3)
        _ = try UnixSocket.connected(to: leader.path)  // and gone again
        let error = #expect(throws: InputError.self) { try leader.gather { false } }
        #expect(error?.location == "--processes" && error?.problem == "has ended")
        for numbers in [[0], [3], [-1], [.max], [1, 1]] as [[Int64]] {
            let leader = try ProcessGroup(leading: 3)
            let sockets = try numbers.map { number in
                let socket = try UnixSocket.connected(to: leader.path)
                try socket.send(number)
                return socket
            }
            let error = #expect(throws: InputError.self) { try leader.gather { false } }
            #expect(error?.location == leader.path)
            #expect(error?.problem == "a process joined as number \(numbers[numbers.count - 1])")
            withExtendedLifetime(sockets) {}
        }
    }

    @Test(
        "Processes that train together make the checkpoint of one with as many threads, and go on from it",
        arguments: ["f32", "bf16"]
    )
    func training(compute: String) async throws {
        let model = try Fixture.tinyModel().folder
        let (alone, together) = (try TemporaryFolder(), try TemporaryFolder())
        let paths = (model: model.path, alone: alone.path, together: together.path)
        // With two learners, whose gradients are added as those of two processes are.
        try Fixture.trainer(4, model: paths.model, output: paths.alone, compute: compute, threads: 2).train { _ in false
        }
        for stop in [2, 4] {
            // The leader makes the folder before the others look for it, with as many batches side by side.
            _ = try Fixture.trainer(4, model: paths.model, output: paths.together, compute: compute, threads: 2)
            let results = try await Self.run(2) { group in
                try Fixture.trainer(
                    4,
                    model: paths.model,
                    output: paths.together,
                    compute: compute,
                    threads: 1,
                    group: group
                ).train { $0.step == stop }
            }
            for result in results { try result.get() }
        }
        // The sum of two gradients does not depend on who adds them.
        for name in ["model.safetensors", "training.safetensors"] {
            let files = [paths.alone, paths.together].map { ResourceFile.read("\($0)/step-0000004/\(name)") }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
        let metrics = try [paths.alone, paths.together].map { path in
            try String(contentsOfFile: "\(path)/metrics.jsonl", encoding: .utf8)
                .replacing(/"seconds": [0-9.]+/, with: "")
        }
        #expect(metrics[0] == metrics[1])
    }

    @Test("A step with fewer batches than processes is refused")
    func tooMany() throws {
        let model = try Fixture.tinyModel().folder
        let output = try TemporaryFolder()
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(1, model: model.path, output: output.path, group: ProcessGroup(leading: 3))
        }
        #expect(error?.location == "stage \"one\"")
    }
}
