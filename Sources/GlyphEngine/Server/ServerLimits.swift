// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What the server accepts; everything beyond is answered with a 4xx that names the limit.
///
/// The limits are about what one request may cost before the model sees it. What the model itself bounds, the context
/// and the memory for keys and values, is checked when a request is submitted.
package struct ServerLimits: Sendable, Equatable {
    /// Bytes of a request's body; a page of text is about 50 kB as base64, so this is some 5,000 pages.
    package var bodyBytes = 256 << 20
    /// Messages in a conversation.
    package var messages = 1024
    /// Images in a conversation.
    package var images = 2048
    /// Pixels along an image's longer side.
    package var imageSide = 16_384
    /// Pixels of one image: 67 million are 200 MB while it is decoded.
    package var imagePixels = 64 << 20
    /// Tokens to write where a request does not say; less if the context has less room.
    package var defaultAnswerTokens = 4096
    /// Open connections; more wait until one closes.
    package var connections = 256
    /// Seconds after which a connection without a request is closed.
    package var idleSeconds = 120

    package init() {}
}
