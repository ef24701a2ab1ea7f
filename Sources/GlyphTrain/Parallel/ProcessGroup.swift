// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Processes of one machine that train one model together: each computes its part of a step's batches, and each makes
/// the same step with the sum of all gradients.
///
/// libtorch's own groups are not used: the headers of its back ends need libraries that its wheels do not contain.
/// Numbers go through shared memory and are added in the order of ranks, so that every process has the same bits.
package final class ProcessGroup {
    /// The leader is gone: what it has not saved is lost, and nothing is left to do.
    struct LeaderLeft: Error {}

    /// From 0, which is the leader: it evaluates, writes and reports.
    package let rank: Int
    package let size: Int
    /// Where the others find the leader.
    package let path: String
    /// The leader's are those of the others by rank; others have one, to the leader.
    private var sockets: [(rank: Int, socket: UnixSocket)] = []
    private var listener: UnixSocket?
    /// An area for each process, and one for the sum.
    private var memory: SharedFloats?

    var isLeader: Bool { rank == 0 }

    /// Begins a group, as its leader; `gather` waits for the others.
    ///
    /// - Throws: `InputError` where no socket can be made.
    package init(leading size: Int) throws {
        (rank, self.size) = (0, size)
        path = NSTemporaryDirectory() + "glyph-train-\(UUID().uuidString.prefix(8)).socket"
        listener = try UnixSocket.listening(at: path)
    }

    /// Joins a group.
    ///
    /// - Throws: `InputError` where no leader listens, or it has just ended.
    package init(joining path: String, rank: Int, size: Int) throws {
        (self.rank, self.size, self.path) = (rank, size, path)
        let socket = try UnixSocket.connected(to: path)
        do { try socket.send(Int64(rank)) } catch { throw Self.loss(of: 0) }
        sockets = [(0, socket)]
    }

    deinit { if listener != nil { unlink(path) } }

    /// Waits until all others have joined.
    ///
    /// - Parameter areRunning: Whether those that have not may still come.
    /// - Throws: `InputError` where they do not, or another process comes.
    package func gather(while areRunning: () -> Bool) throws {
        while sockets.count < size - 1, let listener {
            if let socket = listener.accepted(within: 200) {
                sockets.append((try newRank(socket), socket))
            } else if !areRunning() {
                throw Self.loss(of: nil)
            }
        }
        sockets.sort { $0.rank < $1.rank }
        unlink(path)
        listener = nil
    }

    /// The rank of a process that joins: of those that are awaited, one that has not come yet.
    private func newRank(_ socket: UnixSocket) throws -> Int {
        let number: Int64
        do { number = try socket.receive() } catch { throw Self.loss(of: nil) }
        guard let rank = Int(exactly: number), 1..<size ~= rank, !sockets.contains(where: { $0.rank == rank }) else {
            throw InputError(
                at: path,
                "a process joined as number \(number)",
                expected: "each of the processes from 1 to \(size - 1) once"
            )
        }
        return rank
    }

    /// Lets the others go; they end when they next meet.
    package func leave() { sockets = [] }

    /// The sums of what all processes bring, place by place: equally many numbers each.
    ///
    /// - Throws: `InputError` where a process is gone, `LeaderLeft` where that is the leader.
    func sum(_ values: [Float]) throws -> [Float] {
        let count = values.count
        let numbers = try shared((size + 1) * count).numbers
        // Areas stay where they are when fewer numbers come: somebody may still be reading the sum before.
        let area = numbers.count / (size + 1)
        _ = numbers[(rank * area)...].update(fromContentsOf: values)
        try meet()
        let share = (count + size - 1) / size
        let range = min(rank * share, count)..<min((rank + 1) * share, count)
        if let start = numbers.baseAddress {
            let total = start + size * area
            for index in range { total[index] = start[index] }
            for other in 1..<size {
                let part = start + other * area
                for index in range { total[index] += part[index] }
            }
        }
        try meet()
        return Array(numbers[(size * area)...].prefix(count))
    }

    /// Memory for at least `count` numbers, which the leader makes when it is first needed, or anew for more.
    private func shared(_ count: Int) throws -> SharedFloats {
        if let memory, memory.numbers.count >= count { return memory }
        if self.memory != nil {
            // All give it back before there is more: there may not be room for both.
            self.memory = nil
            try meet()
        }
        let own = isLeader ? try SharedFloats(count: count) : nil
        let place = try meet(own.map { Int64(getpid()) << 32 | Int64($0.descriptor) } ?? 0)
        let (process, descriptor) = (Int(place >> 32), Int(place & 0xFFFF_FFFF))
        let memory = try own ?? SharedFloats(process: process, descriptor: descriptor, count: count)
        self.memory = memory
        return memory
    }

    /// Waits for all processes, and returns what the leader has to say.
    @discardableResult
    private func meet(_ message: Int64 = 0) throws -> Int64 {
        guard isLeader else {
            do {
                try sockets[0].socket.send(Int64(rank))
                return try sockets[0].socket.receive()
            } catch {
                throw LeaderLeft()
            }
        }
        for (rank, socket) in sockets {
            do { _ = try socket.receive() } catch { throw Self.loss(of: rank) }
        }
        for (rank, socket) in sockets {
            do { try socket.send(message) } catch { throw Self.loss(of: rank) }
        }
        return message
    }

    private static func loss(of rank: Int?) -> InputError {
        InputError(
            at: rank.map { "process \($0)" } ?? "--processes",
            "has ended",
            expected: "processes that train to the end",
            remedy: "It said why before; the same command goes on from the last checkpoint"
        )
    }
}
