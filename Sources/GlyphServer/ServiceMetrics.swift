// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import Synchronization

/// What the service counts, in Prometheus's text format.
final class ServiceMetrics: Sendable {
    private struct State {
        var requests: [Label: Int] = [:]
        var readings: [String: Int] = [:]
        var pages = 0
        var textTokens = 0
        var visualTokens = 0
    }

    private struct Label: Hashable {
        var route: String
        var status: Int
    }

    private let state = Mutex(State())

    func count(route: String, status: Int) {
        state.withLock { $0.requests[Label(route: route, status: status), default: 0] += 1 }
    }

    /// Counts a reading by how it ended: `completed`, `failed` or `cancelled`.
    func count(reading outcome: String) {
        state.withLock { $0.readings[outcome, default: 0] += 1 }
    }

    func count(_ document: DrawnDocument) {
        state.withLock { state in
            state.pages += document.pages.count
            state.textTokens += document.textTokens
            state.visualTokens += document.visualTokens
        }
    }

    func text(readings: (running: Int, waiting: Int), renderings: (running: Int, waiting: Int)) -> String {
        let state = state.withLock { $0 }
        var metrics = PrometheusText(prefix: "glyph_")
        metrics.add(
            "requests_total",
            .counter,
            "Requests by route and status.",
            values: state.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
                .map { ("{route=\"\($0.key.route)\",status=\"\($0.key.status)\"}", $0.value) }
        )
        metrics.add(
            "readings_total",
            .counter,
            "Readings by how they ended.",
            values: ["completed", "failed", "cancelled"].map { ("{outcome=\"\($0)\"}", state.readings[$0] ?? 0) }
        )
        metrics.add("pages_drawn_total", .counter, "Pages drawn.", state.pages)
        metrics.add("text_tokens_total", .counter, "Text tokens of documents.", state.textTokens)
        metrics.add("visual_tokens_total", .counter, "Visual tokens of their pages.", state.visualTokens)
        metrics.add(
            "places",
            .gauge,
            "Work in progress and in the queue.",
            values: [
                (#"{kind="reading",state="running"}"#, readings.running),
                (#"{kind="reading",state="waiting"}"#, readings.waiting),
                (#"{kind="rendering",state="running"}"#, renderings.running),
                (#"{kind="rendering",state="waiting"}"#, renderings.waiting),
            ]
        )
        return metrics.text
    }
}
