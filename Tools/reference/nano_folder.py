# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes everything of Models/glyph-nano but its weights: shapes, tokenizer, processor, chat template.

usage: nano_folder.py FOLDER      needs transformers and tokenizers from PyPI
"""
import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from tokenizers.pre_tokenizers import ByteLevel

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)

SPECIAL = [
    "<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>",
    "<|begin_of_image|>", "<|end_of_image|>", "<|image|>", "<|begin_of_video|>", "<|end_of_video|>", "<|video|>",
    "<think>", "</think>",
]
VOCABULARY = 288  # 256 bytes and the special tokens, rounded up to a multiple of 32


def byte_characters():
    """The characters that byte-level tokenizers write bytes as, by byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    characters, extra = {b: chr(b) for b in plain}, 0
    for b in range(256):
        if b not in characters:
            characters[b] = chr(256 + extra)
            extra += 1
    assert sorted(characters.values()) == sorted(ByteLevel.alphabet())
    return characters


characters = byte_characters()
tokenizer = Tokenizer(models.BPE(vocab={characters[b]: b for b in range(256)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIAL])
tokenizer.save(str(folder / "tokenizer.json"))
ids = {s: tokenizer.token_to_id(s) for s in SPECIAL}
assert ids["<|endoftext|>"] == 256

ends = [ids["<|endoftext|>"], ids["<|user|>"], ids["<|observation|>"]]
config = {
    "architectures": ["Glm4vForConditionalGeneration"],
    "dtype": "float32",
    "image_end_token_id": ids["<|end_of_image|>"],
    "image_start_token_id": ids["<|begin_of_image|>"],
    "image_token_id": ids["<|image|>"],
    "model_type": "glm4v",
    "text_config": {
        "eos_token_id": ends,
        "hidden_act": "silu",
        "hidden_size": 256,
        "intermediate_size": 704,
        "max_position_embeddings": 131072,
        "model_type": "glm4v_text",
        "num_attention_heads": 4,
        "num_hidden_layers": 6,
        "num_key_value_heads": 2,
        "pad_token_id": ids["<|endoftext|>"],
        "rms_norm_eps": 1e-5,
        "rope_parameters": {
            "mrope_section": [8, 12, 12],
            "partial_rotary_factor": 1.0,
            "rope_theta": 10000.0,
            "rope_type": "default",
        },
        "vocab_size": VOCABULARY,
    },
    "tie_word_embeddings": True,
    "video_end_token_id": ids["<|end_of_video|>"],
    "video_start_token_id": ids["<|begin_of_video|>"],
    "video_token_id": ids["<|video|>"],
    "vision_config": {
        "attention_bias": False,
        "depth": 5,
        "hidden_act": "silu",
        "hidden_size": 256,
        "image_size": 336,
        "in_channels": 3,
        "intermediate_size": 512,
        "model_type": "glm4v_vision",
        "num_heads": 4,
        "out_hidden_size": 256,
        "patch_size": 14,
        "rms_norm_eps": 1e-5,
        "rope_parameters": {"rope_theta": 10000.0, "rope_type": "axial"},
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    },
}
processor = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_processor_type": "Glm4vImageProcessor",
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "merge_size": 2,
    "patch_size": 14,
    "processor_class": "Glm4vProcessor",
    # Pixels of both frames: from one visual token to a page of 2,048.
    "size": {"shortest_edge": 2 * 28 * 28, "longest_edge": 2 * 2048 * 28 * 28},
    "temporal_patch_size": 2,
}
generation = {"do_sample": False, "eos_token_id": ends, "pad_token_id": ids["<|endoftext|>"]}
tokenizer_config = {
    "clean_up_tokenization_spaces": False,
    "eos_token": "<|endoftext|>",
    "pad_token": "<|endoftext|>",
    "padding_side": "left",
    "model_max_length": 131072,
    "tokenizer_class": "PreTrainedTokenizerFast",
}
template = """[gMASK]<sop>
{%- for message in messages %}{{ '<|' + message.role + '|>\\n' }}
{%- if message.content is string %}{{ message.content }}
{%- else %}{% for part in message.content %}
{%- if part.type == 'text' %}{{ part.text }}
{%- else %}<|begin_of_image|><|image|><|end_of_image|>{% endif %}
{%- endfor %}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}
"""
for name, value in [
    ("config.json", config), ("preprocessor_config.json", processor), ("generation_config.json", generation),
    ("tokenizer_config.json", tokenizer_config),
]:
    (folder / name).write_text(json.dumps(value, indent=2) + "\n")
(folder / "chat_template.jinja").write_text(template)
