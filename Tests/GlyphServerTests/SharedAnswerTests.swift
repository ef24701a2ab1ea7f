// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage
import Testing

/// What both servers make in the same way.
@Suite struct SharedAnswerTests {
    @Test("no two answers of a process have the same name")
    func names() {
        let names = (0..<100).map { _ in AnswerID().text }
        #expect(Set(names).count == 100)
        #expect(names.allSatisfy { $0.hasPrefix("chatcmpl-") })
    }

    @Test("metrics have a head each, and a histogram's buckets add up")
    func metrics() {
        var metrics = PrometheusText(prefix: "a_")
        metrics.add("b", .gauge, "Some.", values: [(#"{c="d"}"#, 1), (#"{c="e"}"#, 2)])
        metrics.addHistogram("f", "More.", limits: [0.5, 1], counts: [1, 2, 3], sum: 9.5)
        #expect(
            metrics.text == """
                # HELP a_b Some.
                # TYPE a_b gauge
                a_b{c="d"} 1
                a_b{c="e"} 2
                # HELP a_f More.
                # TYPE a_f histogram
                a_f_bucket{le="0.5"} 1
                a_f_bucket{le="1.0"} 3
                a_f_bucket{le="+Inf"} 6
                a_f_sum 9.5
                a_f_count 6

                """
        )
    }

    @Test("a whole number that is absent or null is nil, and one out of bounds names its field")
    func optionalNumbers() throws {
        var fields = try JSONFields(file: Array(#"{"a":null,"b":7,"c":1.5,"d":8}"#.utf8), source: "x")
        var found: [Int?] = []
        for name in ["a", "b", "e"] { found.append(try fields.optionalInt(name, in: 1...7)) }
        #expect(found == [nil, 7, nil])
        for name in ["c", "d"] {
            let fault = #expect(throws: InputError.self) { try fields.optionalInt(name, in: 1...7) }
            #expect(fault?.location == "x: \(name)")
        }
        // What was looked at is known, also where it was null.
        try fields.finish("a test", remedy: "Leave it out")
    }
}
