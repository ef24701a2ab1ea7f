// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import Testing

@testable import GlyphReading

@Suite struct FaultReportTests {
    @Test(
        "a context that is too small is recognised in the words of every server",
        arguments: [
            APIError(message: "This model's maximum context length is 4096 tokens."),
            APIError(message: "too long", code: "context_length_exceeded"),
            APIError(
                message: "the request exceeds the available context size, try increasing it",
                type: "exceed_context_size_error",
                code: "400"
            ),
            APIError(message: "too long", type: "exceed_context_size_error"),
        ]
    )
    func contexts(report: APIError) {
        #expect(FaultReport.isContext(report))
        #expect(!FaultReport.isContext(APIError(message: "out of memory", type: "server_error", code: "500")))
    }

    @Test("the source files of a library are no part of what is said about a connection")
    func sourceFiles() {
        let said =
            "handshakeFailed(sslError([Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:"
            + "WRONG_VERSION_NUMBER at /build dir/checkouts/swift-nio-ssl/ssl/tls_record.cc:231]))"
        #expect(
            FaultReport.withoutSourceFiles(said)
                == "handshakeFailed(sslError([Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:"
                + "WRONG_VERSION_NUMBER]))"
        )
    }

    @Test("an answer without words keeps why it ended and what it took")
    func empty() {
        let faults = FaultReport(url: "http://host/v1", key: nil)
        let usage = Usage(promptTokens: 3, completionTokens: 9)
        let fault = faults.error(AnswerAssembler.Fault.empty(.init(finishReason: .length, usage: usage)))
        #expect(fault.kind == .emptyAnswer && fault.summary?.finishReason == .length)
        #expect(fault.summary?.usage == usage)
        let thoughts = AnswerAssembler.Fault.onlyThoughts(.init(finishReason: .stop), isOpen: true)
        let unfinished = faults.error(thoughts)
        #expect(unfinished.kind == .emptyAnswer && unfinished.summary?.finishReason == .thoughts)
        #expect(unfinished.problem.contains("only thoughts and no answer"))
    }
}
