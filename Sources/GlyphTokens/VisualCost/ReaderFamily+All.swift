// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension ReaderFamily {
    /// Every family with a known rule.
    public static let all: [ReaderFamily] = openModels + claude + openAIPatches + openAITiles + others

    private static let openModels: [ReaderFamily] = [
        ReaderFamily(
            "glm-4.1v",
            aliases: ["glyph", "glm-4.1v-9b", "glm-4.1v-thinking"],
            .source,
            framingTokens: 2,
            note: "transformers 5.23 glm4v smart_resize with the limits of the published preprocessor configuration: "
                + "12544 to 9633792 pixels over two frames, so at most 6144 tokens. Framing: begin and end of image.",
            .grid(SmartResize(cell: 28, frames: 2, pixels: 12_544...9_633_792, enlargesThinImages: true))
        ),
        ReaderFamily(
            "glm-4v-default",
            .source,
            framingTokens: 2,
            note: "glm-4.1v with the larger limit that is the default of the transformers class and of some published "
                + "configurations: 11760000 pixels over two frames.",
            .grid(SmartResize(cell: 28, frames: 2, pixels: 12_544...11_760_000, enlargesThinImages: true))
        ),
        ReaderFamily(
            "qwen2-vl",
            aliases: ["qwen2.5-vl"],
            .source,
            framingTokens: 2,
            note: "transformers 5.23 qwen2_vl smart_resize with its default limits, 3136 to 1003520 pixels; published "
                + "checkpoints are believed to raise the upper one (see qwen2-vl-published). Framing: vision start and end.",
            .grid(SmartResize(cell: 28, frames: 1, pixels: 3_136...1_003_520, enlargesThinImages: false))
        ),
        ReaderFamily(
            "qwen2-vl-published",
            aliases: ["qwen2.5-vl-published"],
            .source,
            framingTokens: 2,
            note: "qwen2-vl with 3136 to 12845056 pixels, believed to be the published limits; not verified.",
            .grid(SmartResize(cell: 28, frames: 1, pixels: 3_136...12_845_056, enlargesThinImages: false))
        ),
        ReaderFamily(
            "qwen3-vl",
            aliases: ["qwen3.5", "qwen3.8"],
            .source,
            framingTokens: 2,
            note: "smart_resize on a 32 px grid (patch 16, merge 2), 65536 to 16777216 pixels. Framing: vision start "
                + "and end.",
            .grid(SmartResize(cell: 32, frames: 1, pixels: 65_536...16_777_216, enlargesThinImages: false))
        ),
    ]

    private static let claude: [ReaderFamily] = [
        ReaderFamily(
            "claude-high",
            aliases: [
                "claude-fable-5", "claude-opus-5", "claude-opus-4.8", "claude-opus-4-8", "claude-opus-4.7",
                "claude-opus-4-7",
            ],
            .measured,
            note:
                "13 of 13 shapes counted on claude-fable-5; the other models are assumed alike: 3 per image, 28 px patches; long edge 2576, at most 4784 patches.",
            .boundedPatches(BoundedPatches(longestEdge: 2576, mostPatches: 4784), perImage: 3, perRequest: 0)
        ),
        ReaderFamily(
            "claude-standard",
            aliases: ["claude-std", "claude-sonnet-4.5", "claude-sonnet-4-5"],
            .measured,
            note: "13 of 13 counted shapes: as claude-high with long edge 1568, at most 1568 patches, and 1 token per "
                + "request.",
            .boundedPatches(BoundedPatches(longestEdge: 1568, mostPatches: 1568), perImage: 3, perRequest: 1)
        ),
    ]

    private static let openAIPatches: [ReaderFamily] = [
        ReaderFamily(
            "openai-1.2",
            aliases: ["gpt-5.6-sol", "gpt-6"],
            .measured,
            note: "32 px patches × 1.2, no limit seen up to 11970 patches; 6 usage receipts fit within 2 tokens.",
            .scaledPatches(PatchBudget(mostPatches: nil), percent: 120)
        ),
        ReaderFamily(
            "openai-1.2-auto",
            aliases: ["gpt-5.5", "gpt-5.4"],
            .measured,
            note: "32 px patches × 1.2, at most 10000 patches; agrees with a public table. gpt-5.4 is unmeasured.",
            .scaledPatches(PatchBudget(mostPatches: 10_000), percent: 120)
        ),
        ReaderFamily(
            "openai-1.2-high",
            aliases: ["gpt-5.5-high"],
            .measured,
            note: "32 px patches × 1.2 at detail high, at most 2500 patches; agrees with a public table.",
            .scaledPatches(PatchBudget(mostPatches: 2_500), percent: 120)
        ),
        ReaderFamily(
            "openai-1.62",
            aliases: ["gpt-5-mini", "gpt-4.1-mini"],
            .documented,
            note: "32 px patches × 1.62, at most 1536 patches.",
            .scaledPatches(PatchBudget(mostPatches: 1536), percent: 162)
        ),
        ReaderFamily(
            "openai-2.46",
            aliases: ["gpt-5-nano", "gpt-4.1-nano"],
            .documented,
            note: "32 px patches × 2.46, at most 1536 patches.",
            .scaledPatches(PatchBudget(mostPatches: 1536), percent: 246)
        ),
        ReaderFamily(
            "openai-1.72",
            aliases: ["o4-mini"],
            .documented,
            note: "32 px patches × 1.72, at most 1536 patches; a public audit, no receipt.",
            .scaledPatches(PatchBudget(mostPatches: 1536), percent: 172)
        ),
        ReaderFamily(
            "openai-1.0",
            aliases: ["gpt-5.1", "gpt-5.2", "gpt-5.3"],
            .documented,
            note: "32 px patches, at most 1536; a report of an undocumented × 1.2 on gpt-5.2 is not included.",
            .scaledPatches(PatchBudget(mostPatches: 1536), percent: 100)
        ),
    ]

    private static let openAITiles: [ReaderFamily] = [
        ReaderFamily(
            "openai-tiles-70",
            aliases: ["gpt-5", "gpt-5-chat"],
            .documented,
            note: "70 and 140 per 512 px tile.",
            .tiles(base: 70, perTile: 140)
        ),
        ReaderFamily(
            "openai-tiles-85",
            aliases: ["gpt-4o", "gpt-4.1", "gpt-4.5"],
            .documented,
            note: "85 and 170 per 512 px tile.",
            .tiles(base: 85, perTile: 170)
        ),
        ReaderFamily(
            "openai-tiles-75",
            aliases: ["o1", "o3"],
            .documented,
            note: "75 and 150 per 512 px tile.",
            .tiles(base: 75, perTile: 150)
        ),
        ReaderFamily(
            "openai-tiles-2833",
            aliases: ["gpt-4o-mini"],
            .documented,
            note: "2833 and 5667 per 512 px tile.",
            .tiles(base: 2833, perTile: 5667)
        ),
    ]

    private static let others: [ReaderFamily] = [
        ReaderFamily(
            "gemini-3",
            aliases: ["gemini3", "gemini-3.6-flash", "gemini-3.7-flash"],
            .measured,
            note: "⌊√(1120·w/h)⌋ × ⌊√(1120·h/w)⌋ at high media resolution; 16 of 16 shapes.",
            .aspect(budget: 1120)
        ),
        ReaderFamily(
            "gemini-3-low",
            .documented,
            note: "gemini-3 with the 280-token budget cited for low media resolution.",
            .aspect(budget: 280)
        ),
        ReaderFamily(
            "grok",
            aliases: ["grok-4.5"],
            .measured,
            note: "32 px patches and 4 per image; rests on two shapes only.",
            .plainPatches(perImage: 4)
        ),
    ]
}
