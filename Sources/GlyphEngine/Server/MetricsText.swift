// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP

extension EngineMetrics {
    /// The metrics in Prometheus's text format.
    package var prometheusText: String {
        var metrics = PrometheusText(prefix: "glyph_engine_")
        metrics.add(
            "requests_total",
            .counter,
            "Requests by how they ended.",
            values: [
                (#"{outcome="completed"}"#, completed), (#"{outcome="cancelled"}"#, cancelled),
                (#"{outcome="failed"}"#, failed), (#"{outcome="refused"}"#, refused),
            ]
        )
        metrics.add("prompt_tokens_total", .counter, "Prompt tokens, cached ones included.", promptTokens)
        metrics.add(
            "cached_prompt_tokens_total",
            .counter,
            "Prompt tokens from the prefix cache.",
            cachedPromptTokens
        )
        metrics.add("completion_tokens_total", .counter, "Tokens written.", completionTokens)
        metrics.add("images_encoded_total", .counter, "Images looked at.", imagesEncoded)
        metrics.add("images_reused_total", .counter, "Images whose vectors were at hand.", imagesReused)
        metrics.add(
            "steps_total",
            .counter,
            "Steps by what they did.",
            values: [(#"{kind="look"}"#, lookSteps), (#"{kind="read"}"#, readSteps), (#"{kind="write"}"#, writeSteps)]
        )
        metrics.add("waiting", .gauge, "Requests that wait.", waiting)
        metrics.add("running", .gauge, "Requests that are read or answered.", running)
        metrics.add(
            "kv_blocks",
            .gauge,
            "Blocks of keys and values.",
            values: [
                (#"{state="capacity"}"#, blockCapacity), (#"{state="reserved"}"#, blocksReserved),
                (#"{state="kept"}"#, blocksKept),
            ]
        )
        metrics.add("image_cache_bytes", .gauge, "Bytes of image vectors kept.", imageBytes)
        for (name, help, histogram) in [
            ("queue_seconds", "From a request's arrival to the start of reading.", queue),
            ("prefill_seconds", "From the start of reading to the first token.", prefill),
            ("decode_seconds", "From the first token to the last.", decode),
        ] {
            metrics.addHistogram(
                name,
                help,
                limits: Histogram.limits,
                counts: histogram.counts,
                sum: histogram.sum
            )
        }
        return metrics.text
    }
}
