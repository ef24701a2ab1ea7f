// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import Testing

@Suite struct WireTypesTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        try WireJSON.decode(type, from: Array(json.utf8), at: "test")
    }

    @Test("a request is written with OpenAI's names, sorted keys and without what is not set")
    func encodeRequest() throws {
        var request = ChatRequest(
            model: "m",
            messages: [
                ChatMessage(role: .user, content: .parts([.image(ImageURL(png: [255, 255, 254])), .text("q")]))
            ]
        )
        request.maxTokens = 5
        request.topP = 0.5
        request.stop = ["a"]
        request.stream = true
        request.streamOptions = StreamOptions(includeUsage: true)
        let json = String(decoding: try WireJSON.encode(request), as: UTF8.self)
        #expect(
            json == #"{"max_tokens":5,"messages":[{"content":[{"image_url":{"url":"data:image/png;base64,///+"},"#
                + #""type":"image_url"},{"text":"q","type":"text"}],"role":"user"}],"model":"m","stop":["a"],"#
                + #""stream":true,"stream_options":{"include_usage":true},"top_p":0.5}"#
        )
        #expect(try decode(ChatRequest.self, json) == request)
    }

    @Test("a request may give its content and its stop string as plain text")
    func lenientRequest() throws {
        let request = try decode(
            ChatRequest.self,
            #"{"messages":[{"role":"user","content":"hi"}],"stop":"x","n":1}"#
        )
        #expect(request.messages == [ChatMessage(role: .user, content: .text("hi"))])
        #expect(request.stop == ["x"])
    }

    @Test("a data URL gives its bytes back, and nothing else is fetched")
    func dataURL() throws {
        #expect(try ImageURL(png: [1, 2, 3, 250]).bytes() == [1, 2, 3, 250])
        for url in ["http://127.0.0.1/a.png", "file:///etc/passwd", "data:image/png;base64,?", "data:,x"] {
            #expect(throws: InputError.self) { _ = try ImageURL(url: url).bytes() }
        }
    }

    @Test("a chunk may lack everything but its delta")
    func lenientChunk() throws {
        let chunk = try decode(ChatCompletion.self, #"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#)
        #expect(chunk.choices == [.init(index: nil, delta: AnswerPart(content: "a"))])
        #expect(try decode(ChatCompletion.self, #"{"id":7,"usage":{"prompt_tokens":3}}"#).choices.isEmpty)
    }

    @Test("reasoning is read under both of its names, and content from typed parts")
    func reasoningNames() throws {
        for name in ["reasoning", "reasoning_content"] {
            #expect(try decode(AnswerPart.self, #"{"\#(name)":"hm"}"#).reasoningContent == "hm")
        }
        let parts = #"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#
        #expect(try decode(AnswerPart.self, parts).content == "ab")
    }

    @Test("cached and reasoning tokens are found in the details")
    func usageDetails() throws {
        let usage = try decode(
            Usage.self,
            #"{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"#
                + #""prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":1}}"#
        )
        #expect(usage.cachedPromptTokens == 8)
        #expect(usage.reasoningTokens == 1)
        #expect(usage == Usage(promptTokens: 9, completionTokens: 2, cachedPromptTokens: 8, reasoningTokens: 1))
    }

    @Test("the sum of two requests keeps cached and reasoning tokens, also where only one of them tells")
    func usageSum() {
        let first = Usage(promptTokens: 9, completionTokens: 2, cachedPromptTokens: 8, reasoningTokens: 1)
        let sum = first.adding(Usage(promptTokens: 5, completionTokens: 3, cachedPromptTokens: 4, reasoningTokens: 2))
        #expect(sum == Usage(promptTokens: 14, completionTokens: 5, cachedPromptTokens: 12, reasoningTokens: 3))
        let plain = Usage(promptTokens: 5, completionTokens: 3)
        #expect(plain.adding(first).cachedPromptTokens == 8 && first.adding(nil).reasoningTokens == 1)
        #expect(plain.adding(plain) == Usage(promptTokens: 10, completionTokens: 6))
    }

    @Test("numbers that cannot be counts of tokens are taken as not said")
    func impossibleUsage() throws {
        let usage = try decode(
            Usage.self,
            #"{"prompt_tokens":9223372036854775807,"completion_tokens":-5,"total_tokens":7,"#
                + #""prompt_tokens_details":{"cached_tokens":9223372036854775807}}"#
        )
        #expect(usage.promptTokens == nil && usage.completionTokens == nil && usage.cachedPromptTokens == nil)
        #expect(usage.totalTokens == 7)
        let models = try decode(ModelList.Model.self, #"{"id":"m","max_model_len":-9223372036854775808}"#)
        #expect(models.maxModelLength == nil)
    }

    @Test(
        "an error is understood in every shape that servers use",
        arguments: [
            (#"{"error":{"message":"m","type":"t","param":null,"code":null}}"#, "m"),
            (#"{"error":{"message":"m","code":400}}"#, "m"),
            (#"{"error":"m"}"#, "m"),
            (#"{"object":"error","message":"m","code":404}"#, "m"),
            (#"{"detail":"m"}"#, "m"),
            (#"{"detail":[{"loc":["body","messages",0],"msg":"m","type":"x"}]}"#, "body.messages.0: m"),
        ]
    )
    func errorShapes(_ json: String, _ message: String) throws {
        #expect(try decode(APIError.self, json).message == message)
    }

    @Test("only an error is taken for an error, even when its JSON is broken")
    func errorProbe() throws {
        func probe(_ json: String) -> APIError? { APIError(ifReportedIn: Array(json.utf8)) }
        #expect(probe(#"{"choices":[],"error":null}"#) == nil)
        #expect(probe(#"{"choices":[{"delta":{"content":"{\"error\":1}"}}]}"#) == nil)
        #expect(probe(#"{"error":{"message":"m"}}"#)?.message == "m")
        #expect(probe(#"{"error": "it said "no""}"#)?.message == #"{"error": "it said "no""}"#)
        #expect(probe(#"{"error": [1]}"#)?.message == #"{"error": [1]}"#)
    }

    @Test("our own errors have OpenAI's four fields")
    func encodeError() throws {
        let json = String(decoding: try WireJSON.encode(APIError(message: "m", code: "c")), as: UTF8.self)
        #expect(json == #"{"error":{"code":"c","message":"m","param":null,"type":null}}"#)
    }

    @Test("a model list gives vLLM's context length")
    func modelList() throws {
        let list = try decode(ModelList.self, #"{"object":"list","data":[{"id":"a","max_model_len":4096},{"id":"b"}]}"#)
        #expect(list.data == [.init(id: "a", maxModelLength: 4096), .init(id: "b")])
    }

    @Test(
        "a decoding error says in plain words what was expected",
        arguments: [
            (#""stream":"yes","messages":[]"#, "stream: a value of the wrong type; expected true or false"),
            (#""max_tokens":"5","messages":[]"#, "max_tokens: a value of the wrong type; expected a whole number"),
            (#""temperature":"x","messages":[]"#, "temperature: a value of the wrong type; expected a number"),
            (#""model":5,"messages":[]"#, "model: a value of the wrong type; expected a text"),
            (#""stop":5,"messages":[]"#, "stop: a value of the wrong type; expected a text or a list of texts"),
            (#""messages":{}"#, "messages: a value of the wrong type; expected a list"),
            (#""messages":[5]"#, "messages[0]: a value of the wrong type; expected an object"),
            (
                #""messages":[{"role":"assistant","content":null}]"#,
                "messages[0].content: null; expected a text or a list of parts"
            ),
            (
                #""messages":[{"role":"user","content":5}]"#,
                "messages[0].content: a value of the wrong type; expected a text or a list of parts"
            ),
            (
                #""messages":[{"role":"bot","content":"a"}]"#,
                #"messages[0].role: "bot" is unknown; expected system, developer, user, assistant or tool"#
            ),
        ]
    )
    func plainWords(_ fields: String, _ words: String) throws {
        let error = #expect(throws: InputError.self) { try decode(ChatRequest.self, "{\(fields)}") }
        #expect(error?.description == "test: \(words)")
    }

    @Test(
        "a decoding error names the JSON path",
        arguments: [
            (#"{"choices":[{"delta":{"content":7}}]}"#, "test: choices[0].delta.content"),
            (#"{"choices":7}"#, "test: choices"),
            (#"{"choices""#, "test"),
        ]
    )
    func jsonPath(_ json: String, _ location: String) throws {
        let error = #expect(throws: InputError.self) { try decode(ChatCompletion.self, json) }
        #expect(error?.location == location)
    }
}
