// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CProcess
import Foundation
import Synchronization
import Testing

@Suite struct ProcessorTests {
    /// The processors that the calling thread may use, as Linux lists them: `0-3,7`.
    private static func allowed() throws -> String {
        let status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
        return line.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
    }

    @Test("Threads that stay apart keep to a processor each")
    func threadsStayApart() throws {
        let all = try Self.allowed()
        let count = Int(cprocess_processors())
        let found = Mutex<[String?]>([])
        let ended = DispatchSemaphore(value: 0)
        let threads = max(count, 2)
        for _ in 0..<threads {
            Thread.detachNewThread {
                cprocess_stay_apart()
                found.withLock { $0.append(try? Self.allowed()) }
                ended.signal()
            }
        }
        for _ in 0..<threads { ended.wait() }
        let kept = found.withLock { $0 }
        if Int(all) == nil {
            #expect(Set(kept).count == threads && kept.allSatisfy { Int($0 ?? "") != nil }, "\(kept)")
        } else {
            #expect(kept.allSatisfy { $0 == all }, "\(kept)")
        }
    }
}
