// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension EngineMetrics {
    /// The metrics in Prometheus's text format, version 0.0.4.
    public var prometheusText: String {
        var text = ""
        func metric(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            text += "# HELP glyph_engine_\(name) \(help)\n# TYPE glyph_engine_\(name) \(kind)\n"
            for (labels, value) in values { text += "glyph_engine_\(name)\(labels) \(value)\n" }
        }
        func counter(_ name: String, _ help: String, _ value: Int) { metric(name, "counter", help, [("", value)]) }
        func gauge(_ name: String, _ help: String, _ value: Int) { metric(name, "gauge", help, [("", value)]) }

        metric(
            "requests_total",
            "counter",
            "Requests by how they ended.",
            [
                (#"{outcome="completed"}"#, completed), (#"{outcome="cancelled"}"#, cancelled),
                (#"{outcome="failed"}"#, failed), (#"{outcome="refused"}"#, refused),
            ]
        )
        counter("prompt_tokens_total", "Prompt tokens, cached ones included.", promptTokens)
        counter("cached_prompt_tokens_total", "Prompt tokens from the prefix cache.", cachedPromptTokens)
        counter("completion_tokens_total", "Tokens written.", completionTokens)
        counter("images_encoded_total", "Images looked at.", imagesEncoded)
        counter("images_reused_total", "Images whose vectors were at hand.", imagesReused)
        metric(
            "steps_total",
            "counter",
            "Steps by what they did.",
            [(#"{kind="look"}"#, lookSteps), (#"{kind="read"}"#, readSteps), (#"{kind="write"}"#, writeSteps)]
        )
        gauge("waiting", "Requests that wait.", waiting)
        gauge("running", "Requests that are read or answered.", running)
        metric(
            "kv_blocks",
            "gauge",
            "Blocks of keys and values.",
            [
                (#"{state="capacity"}"#, blockCapacity), (#"{state="reserved"}"#, blocksReserved),
                (#"{state="kept"}"#, blocksKept),
            ]
        )
        gauge("image_cache_bytes", "Bytes of image vectors kept.", imageBytes)
        for (name, help, histogram) in [
            ("queue_seconds", "From a request's arrival to the start of reading.", queue),
            ("prefill_seconds", "From the start of reading to the first token.", prefill),
            ("decode_seconds", "From the first token to the last.", decode),
        ] {
            text += histogram.lines("glyph_engine_\(name)", help)
        }
        return text
    }
}

extension EngineMetrics.Histogram {
    fileprivate func lines(_ name: String, _ help: String) -> String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
        var total = 0
        for (limit, count) in zip(Self.limits, counts) {
            total += count
            text += "\(name)_bucket{le=\"\(limit)\"} \(total)\n"
        }
        return text + "\(name)_bucket{le=\"+Inf\"} \(count)\n\(name)_sum \(sum)\n\(name)_count \(count)\n"
    }
}
