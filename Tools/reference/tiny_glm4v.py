# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Write a tiny, randomly initialised GLM-4.1V checkpoint and one page image.

Its answers are nonsense; it exists to try real servers (docs/endpoints.md) without downloading weights. Everything a
server needs is written: config, safetensors, byte-level tokenizer, processor and chat template.

    python tiny_glm4v.py OUT_DIR [--seed 7]

Needs torch, transformers, tokenizers and pillow; tried with torch 2.13.0 and transformers 5.23.0.
"""

import argparse
import json
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import Glm4vConfig, Glm4vForConditionalGeneration, PreTrainedTokenizerFast

SPECIAL = [
    "<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>",
    "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>",
    "<|image|>", "<|video|>",
]

# The shape of GLM-4.1V's own template, without tools.
CHAT_TEMPLATE = (
    "[gMASK]<sop>{% for message in messages %}<|{{ message.role }}|>\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for item in message.content %}"
    "{% if item.type == 'image' or 'image' in item %}<|begin_of_image|><|image|><|end_of_image|>"
    "{% elif item.type == 'text' %}{{ item.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


def build_tokenizer() -> PreTrainedTokenizerFast:
    """One token per byte, so every text encodes and every token decodes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL[1:],
        chat_template=CHAT_TEMPLATE,
    )


def build_model(tokenizer: PreTrainedTokenizerFast) -> Glm4vForConditionalGeneration:
    token = tokenizer.convert_tokens_to_ids
    text = {
        "vocab_size": len(tokenizer), "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 8192,
        "pad_token_id": token("<|endoftext|>"), "eos_token_id": token("<|endoftext|>"),
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [2, 1, 1],
        },
    }
    vision = {
        "depth": 2, "hidden_size": 64, "num_heads": 4, "out_hidden_size": 64, "intermediate_size": 128,
        "image_size": 336, "patch_size": 14,
    }
    config = Glm4vConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=token("<|image|>"),
        video_token_id=token("<|video|>"),
        image_start_token_id=token("<|begin_of_image|>"),
        image_end_token_id=token("<|end_of_image|>"),
        video_start_token_id=token("<|begin_of_video|>"),
        video_end_token_id=token("<|end_of_video|>"),
    )
    model = Glm4vForConditionalGeneration(config)
    model.generation_config.eos_token_id = token("<|endoftext|>")
    model.generation_config.pad_token_id = token("<|endoftext|>")
    return model


def write_page(path: Path) -> None:
    page = Image.new("L", (280, 112), 255)
    ImageDraw.Draw(page).multiline_text((8, 8), "Glyph reads pages.\nThe number is 4711.", fill=0)
    page.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer()
    build_model(tokenizer).save_pretrained(arguments.out)
    tokenizer.save_pretrained(arguments.out)
    (arguments.out / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    image_processor = {
        "do_resize": True, "do_rescale": True, "do_normalize": True, "do_convert_rgb": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
        "image_processor_type": "Glm4vImageProcessor", "processor_class": "Glm4vProcessor",
        "size": {"shortest_edge": 12544, "longest_edge": 9633792},
        "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
    }
    (arguments.out / "preprocessor_config.json").write_text(json.dumps(image_processor, indent=2))
    video_processor = image_processor | {"video_processor_type": "Glm4vVideoProcessor"}
    del video_processor["image_processor_type"]
    (arguments.out / "video_preprocessor_config.json").write_text(json.dumps(video_processor, indent=2))
    write_page(arguments.out / "page.png")


if __name__ == "__main__":
    main()
