// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What an engine may use and how it shares it out.
package struct EngineConfiguration: Sendable {
    /// Bytes for keys and values: those of running conversations and those kept for prompts that come again.
    package var keyValueBytes: Int
    /// Bytes for the vectors of images, kept by the digest of their files.
    package var imageBytes: Int
    package var limits: Scheduler.Limits
    /// Between two reports of progress to a client that waits.
    package var progressInterval: Duration
    /// Where blocks of keys and values are kept beyond the engine's life; nil for nowhere.
    package var blockStore: (any BlockStore)?

    package init(
        keyValueBytes: Int = 4 << 30,
        imageBytes: Int = 512 << 20,
        limits: Scheduler.Limits = Scheduler.Limits(),
        progressInterval: Duration = .seconds(5),
        blockStore: (any BlockStore)? = nil
    ) {
        self.keyValueBytes = keyValueBytes
        self.imageBytes = imageBytes
        self.limits = limits
        self.progressInterval = progressInterval
        self.blockStore = blockStore
    }
}
