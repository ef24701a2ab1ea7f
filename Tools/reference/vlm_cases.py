# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""The tiny models, images and conversations that vlm_fixtures.py asks `transformers` about."""

import numpy as np
import torch
from PIL import Image, ImageDraw
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

# PyPI's torchvision is built for CUDA; beside the CPU build of torch its compiled operators do not load, and importing
# it fails on the first of them. Resizing images, all that is used here, is torch's own code.
if torch.version.cuda is None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import transformers
from transformers import PreTrainedTokenizerFast

SPECIAL = [
    "<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>",
    "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>",
    "<|image|>", "<|video|>",
]
WORDS = ["<think>", "</think>", "<answer>", "</answer>"]  # tokens of their own, but text: not special
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
# What the family's template comes to, with the switch for thinking of its later members.
CHAT_TEMPLATE = (
    "[gMASK]<sop>{% for message in messages %}<|{{ message.role }}|>\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for item in message.content %}"
    "{% if item.type == 'image' %}<|begin_of_image|><|image|><|end_of_image|>"
    "{% elif item.type == 'text' %}{{ item.text }}{% endif %}{% endfor %}{% endif %}"
    "{% if message.role == 'user' and enable_thinking is defined and not enable_thinking %}/nothink{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}{% endif %}"
)
# GLM-OCR's spells out the thought of each answer: an empty one, unless the answer comes after the last question.
THOUGHT_TEMPLATE = (
    "[gMASK]<sop>{% set ns = namespace(question=-1) %}{% for message in messages %}"
    "{% if message.role == 'user' %}{% set ns.question = loop.index0 %}{% endif %}{% endfor %}"
    "{% for message in messages %}{% set ns.text = '' %}"
    "{% if message.content is string %}{% set ns.text = message.content %}{% else %}{% for item in message.content %}"
    "{% if item.type == 'image' %}{% set ns.text = ns.text + '<|begin_of_image|><|image|><|end_of_image|>' %}"
    "{% elif item.type == 'text' %}{% set ns.text = ns.text + item.text %}{% endif %}{% endfor %}{% endif %}"
    "<|{{ message.role }}|>\n"
    "{% if message.role == 'assistant' %}{% set pieces = ns.text.split('</think>') %}"
    "{% set thought = pieces[0].split('<think>')[-1].strip() if pieces | length > 1 else '' %}"
    "<think>{{ thought if loop.index0 > ns.question else '' }}</think>"
    "{% if pieces[-1].strip() %}{{ '\n' + pieces[-1].strip() }}{% endif %}"
    "{% else %}{{ ns.text }}{% if message.role == 'user' and enable_thinking is defined and not enable_thinking %}"
    "/nothink{% endif %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n"
    "{% if enable_thinking is defined and not enable_thinking %}{{ '<think></think>\n' }}{% endif %}{% endif %}"
)
# The names that transformers' classes for a model and for its processor begin with, and the template.
MODELS = {"glm4v": ("Glm4v", "Glm4v", CHAT_TEMPLATE), "glm_ocr": ("GlmOcr", "Glm46V", THOUGHT_TEMPLATE)}
VOCABULARY = 324
TEXTS = [
    "The pages of a book are read as images: question, answer, page, image, number, reading, thinking.",
    "请阅读这一页，然后回答问题。",
    "What is the number on page 12? The number is 4711, and it's on the page.",
]

CASES = {
    # One image whose sides fit no grid; two query heads share a key; half of each head rotates.
    "single": {
        "text": {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2,
                 "num_key_value_heads": 1},
        "rope": {"partial_rotary_factor": 0.5, "mrope_section": [2, 1, 1]},
        "vision": {"hidden_size": 32, "num_heads": 2, "depth": 2, "patch_size": 6, "image_size": 30,
                   "intermediate_size": 40},
        "pixels": [1152, 9216], "tied": False, "images": [(50, 37)],
        "messages": [["user", [0, "What is the number on page 12?"]]],
    },
    # Three images of other shapes (one thin, one shrunk), one of them in a later turn; tied head; three heads a key.
    "pages": {
        "text": {"hidden_size": 48, "intermediate_size": 40, "num_hidden_layers": 3, "num_attention_heads": 6,
                 "num_key_value_heads": 2},
        "rope": {"partial_rotary_factor": 0.75, "mrope_section": [1, 1, 1]},
        "vision": {"hidden_size": 24, "num_heads": 3, "depth": 3, "patch_size": 6, "image_size": 48,
                   "intermediate_size": 56},
        "pixels": [1152, 9216], "tied": True, "images": [(61, 24), (7, 40), (150, 91)],
        "messages": [["system", ["Read the pages."]], ["user", [0, 1, "Which page?"]],
                     ["assistant", ["<think>Both.</think>The second."]], ["user", ["And now ", 2, "这一页？"]]],
    },
    # The family's patch of 14 in bfloat16, keys named as in 2025 and the text fields at the top of config.json.
    "published": {
        "text": {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2,
                 "num_key_value_heads": 2},
        "rope": {"partial_rotary_factor": 1.0, "mrope_section": [2, 1, 1]},
        "vision": {"hidden_size": 12, "num_heads": 3, "depth": 1, "patch_size": 14, "image_size": 56,
                   "intermediate_size": 24},
        "pixels": [12544, 25088], "tied": False, "images": [(112, 56), (120, 150)], "old": True,
        "messages": [["user", ["Compare", 0, "with", 1]]],
    },
    # GLM-OCR: heads wider than their share, and a layer behind the last that predicts further tokens.
    "ocr": {
        "model": "glm_ocr",
        "text": {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "head_dim": 12, "num_nextn_predict_layers": 1},
        "rope": {"partial_rotary_factor": 1.0, "mrope_section": [1, 2, 3]},
        "vision": {"hidden_size": 24, "num_heads": 3, "depth": 2, "patch_size": 6, "image_size": 30,
                   "intermediate_size": 40},
        "pixels": [1152, 9216], "tied": False, "images": [(50, 37), (61, 24)],
        "messages": [["user", [0, "Text Recognition:"]], ["assistant", ["<think>\nA page.\n</think>\nThe number."]],
                     ["user", [1, "Table Recognition:"]]],
    },
}


def transformers_class(case, kind):
    """The class of `transformers` for a case: "Config", "ForConditionalGeneration", "Processor", …"""
    model, processor, _ = MODELS[case.get("model", "glm4v")]
    return getattr(transformers, (processor if kind.endswith("Processor") else model) + kind)


def template_of(case):
    return MODELS[case.get("model", "glm4v")][2]


def build_tokenizer(case):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PATTERN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(
        vocab_size=300, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in WORDS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>",
        chat_template=template_of(case))


def build_processor(tokenizer, case):
    sizes = {"size": {"shortest_edge": case["pixels"][0], "longest_edge": case["pixels"][1]},
             "patch_size": case["vision"]["patch_size"], "temporal_patch_size": 2, "merge_size": 2}
    return transformers_class(case, "Processor")(
        image_processor=transformers_class(case, "ImageProcessor")(**sizes), tokenizer=tokenizer,
        video_processor=transformers_class(case, "VideoProcessor")(**sizes), chat_template=template_of(case))


def stop_tokens(tokenizer):
    return tokenizer.convert_tokens_to_ids(["<|endoftext|>", "<|user|>", "<|observation|>"])


def build_config(tokenizer, case):
    token = tokenizer.convert_tokens_to_ids
    stops = stop_tokens(tokenizer)
    rope = {"rope_type": "default", "rope_theta": 10000.0} | case["rope"]
    text = {"max_position_embeddings": 2048, "vocab_size": VOCABULARY} | case["text"] | {
        "rope_parameters": rope, "pad_token_id": stops[0], "eos_token_id": stops}
    vision = case["vision"] | {"out_hidden_size": text["hidden_size"]}
    return transformers_class(case, "Config")(
        text_config=text, vision_config=vision, tie_word_embeddings=case["tied"],
        image_token_id=token("<|image|>"), video_token_id=token("<|video|>"),
        image_start_token_id=token("<|begin_of_image|>"), image_end_token_id=token("<|end_of_image|>"),
        video_start_token_id=token("<|begin_of_video|>"), video_end_token_id=token("<|end_of_video|>"))


def build_model(tokenizer, case, seed):
    stops = stop_tokens(tokenizer)
    model = transformers_class(case, "ForConditionalGeneration")(build_config(tokenizer, case)).eval()
    generator = torch.Generator().manual_seed(seed)
    drawn = set()
    for name, parameter in sorted(model.named_parameters()):
        if parameter.data_ptr() in drawn:
            continue
        drawn.add(parameter.data_ptr())
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name and name.endswith("weight"):
            value = 1 + 0.2 * noise
        elif name.endswith("bias") or "embed" in name and "proj" not in name:
            value = 0.3 * noise
        else:
            value = noise * (2.0 / parameter[0].numel()) ** 0.5
        # A file in bfloat16 is computed with in f32; converting the model would round the rotary frequencies as well.
        with torch.no_grad():
            parameter.copy_(value.to(torch.bfloat16) if case.get("old") else value)
    model.generation_config.eos_token_id = stops
    model.generation_config.pad_token_id = stops[0]
    return model


def draw_images(case, seed):
    """Text, shapes and noise, so that resampling meets edges, gradients and full contrast."""
    generator = np.random.default_rng(seed)
    for width, height in case["images"]:
        noise = generator.integers(0, 256, (height, width, 3), dtype=np.uint8)
        base = Image.fromarray(noise // 3 + 150)
        draw = ImageDraw.Draw(base)
        draw.rectangle((width // 4, height // 4, width // 2, height // 2), fill=tuple(int(v) for v in noise[0, 0]))
        draw.multiline_text((1, 1), "Glyph\n4711", fill=(0, 0, 0))
        yield base


def messages_of(case, images=None):
    def part(item):
        if isinstance(item, str):
            return {"type": "text", "text": item}
        return {"type": "image"} | ({"image": images[item]} if images else {})
    return [{"role": role, "content": [part(item) for item in items]} for role, items in case["messages"]]
