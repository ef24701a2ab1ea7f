# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes tiny GLM-4.1V checkpoints and what `transformers` computes with them, rung by rung.

    python3 Tools/reference/vlm_fixtures.py                        # writes Tests/GlyphVLMTests/Fixtures (seed 7)
    python3 Tools/reference/vlm_fixtures.py --seed 11 --out DIR    # the same questions about other weights and images

Each case is a folder: a checkpoint as `transformers` saves it (config, safetensors, tokenizer, processor), the images
as PPM files, the conversation and integer results in `prompt.json`, and float results in `pixels`, `vision` and
`decoder` .safetensors. Tensors with more rows than ROWS are thinned: row i of the file is row i * n // ROWS.

Weights are drawn so that activations keep their size and the logits spread; a draw whose 64 greedy tokens hang on a
near tie is replaced by the next (the seed used is in the manifest), because two correct programs may differ there.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import shutil

import numpy as np
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

# PyPI's torchvision is built for CUDA; beside the CPU build of torch its compiled operators do not load, and importing
# it fails on the first of them. Resizing images, all that is used here, is torch's own code.
library = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("nms", "qnms"):
    library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from transformers import Glm4vConfig, Glm4vForConditionalGeneration, PreTrainedTokenizerFast
from transformers.models.glm4v.image_processing_glm4v import Glm4vImageProcessor
from transformers.models.glm4v.processing_glm4v import Glm4vProcessor
from transformers.models.glm4v.video_processing_glm4v import Glm4vVideoProcessor

PINNED = {"torch": "2.13.0", "torchvision": "0.28.0", "transformers": "5.23.0", "tokenizers": "0.23.3"}
VERSIONS = {name: importlib.metadata.version(name) for name in PINNED}
FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphVLMTests/Fixtures"
LIMIT = 64 * 1024
ROWS = 12
NEW_TOKENS = 64
LEAST_MARGIN = 1e-3

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
}


def build_tokenizer():
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
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", pad_token="<|endoftext|>", chat_template=CHAT_TEMPLATE)


def build_processor(tokenizer, case):
    sizes = {"size": {"shortest_edge": case["pixels"][0], "longest_edge": case["pixels"][1]},
             "patch_size": case["vision"]["patch_size"], "temporal_patch_size": 2, "merge_size": 2}
    return Glm4vProcessor(image_processor=Glm4vImageProcessor(**sizes), tokenizer=tokenizer,
                          video_processor=Glm4vVideoProcessor(**sizes), chat_template=CHAT_TEMPLATE)


def build_model(tokenizer, case, seed):
    token = tokenizer.convert_tokens_to_ids
    stops = [token("<|endoftext|>"), token("<|user|>"), token("<|observation|>")]
    rope = {"rope_type": "default", "rope_theta": 10000.0} | case["rope"]
    text = case["text"] | {"vocab_size": VOCABULARY, "rope_parameters": rope, "max_position_embeddings": 2048,
                           "pad_token_id": stops[0], "eos_token_id": stops}
    vision = case["vision"] | {"out_hidden_size": text["hidden_size"]}
    config = Glm4vConfig(
        text_config=text, vision_config=vision, tie_word_embeddings=case["tied"],
        image_token_id=token("<|image|>"), video_token_id=token("<|video|>"),
        image_start_token_id=token("<|begin_of_image|>"), image_end_token_id=token("<|end_of_image|>"),
        video_start_token_id=token("<|begin_of_video|>"), video_end_token_id=token("<|end_of_video|>"))
    model = Glm4vForConditionalGeneration(config).eval()
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
        with torch.no_grad():
            parameter.copy_(value)
    if case.get("old"):  # the reference computes in f32 with the bfloat16 numbers of the file
        model.to(torch.bfloat16).to(torch.float32)
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


def thin(tensor):
    rows = tensor.shape[0]
    picked = [i * rows // ROWS for i in range(ROWS)] if rows > ROWS else list(range(rows))
    return tensor[picked].detach().to(torch.float32).contiguous().clone()


def record(model, inputs):
    """One forward pass with a hook on every rung; returns tensors by rung name."""
    rungs, handles = {}, []

    def keep(name):
        def hook(_, __, output):
            output = output[0] if isinstance(output, tuple) else output
            rungs[name] = thin(output.reshape(-1, output.shape[-1]))
        return hook

    visual, language = model.model.visual, model.model.language_model
    modules = [("patch_embed", visual.patch_embed), ("post_conv_norm", visual.post_conv_layernorm),
               ("embeddings", visual.embeddings), ("post_norm", visual.post_layernorm), ("merger", visual.merger),
               ("norm", language.norm)]
    modules += [(f"block.{i}", block) for i, block in enumerate(visual.blocks)]
    modules += [(f"layer.{i}", layer) for i, layer in enumerate(language.layers)]
    for name, module in modules:
        handles.append(module.register_forward_hook(keep(name)))
    downsampled = []
    handles.append(visual.downsample.register_forward_hook(lambda _, __, output: downsampled.append(output)))
    with torch.no_grad():
        logits = model(**inputs).logits[0]
    for handle in handles:
        handle.remove()
    rungs["downsample"] = thin(downsampled[0].reshape(-1, visual.config.out_hidden_size))
    rungs["logits"] = logits[-1].clone()
    return rungs


def generate(model, inputs):
    stops, model.generation_config.eos_token_id = model.generation_config.eos_token_id, None
    with torch.no_grad():
        output = model.generate(**inputs, do_sample=False, max_new_tokens=NEW_TOKENS, output_logits=True,
                                return_dict_in_generate=True)
    model.generation_config.eos_token_id = stops
    tops = torch.stack([step[0].topk(2).values for step in output.logits])
    return output.sequences[0, inputs["input_ids"].shape[1]:].tolist(), float((tops[:, 0] - tops[:, 1]).min())


def save_old_layout(folder):
    """Turns what `transformers` 5 wrote into what the first releases of the family published."""
    tensors = load_file(folder / "model.safetensors")
    renamed = {k.replace("model.visual.", "visual.").replace("model.language_model.", "model."): v.to(torch.bfloat16)
               for k, v in tensors.items()}
    save_file(renamed, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    text, vision = config.pop("text_config"), config["vision_config"]
    rope = text.pop("rope_parameters")
    text.pop("model_type")
    vision.pop("rope_parameters")
    vision.pop("model_type")
    config |= text | {"rope_theta": rope["rope_theta"], "partial_rotary_factor": rope["partial_rotary_factor"],
                      "rope_scaling": {"type": "default", "mrope_section": rope["mrope_section"]},
                      "attention_bias": True, "torch_dtype": "bfloat16", "transformers_version": "4.53.0.dev0"}
    config.pop("dtype")
    vision |= {"hidden_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def chats(tokenizer):
    """Texts of the template for conversations without images, thinking switched on and off."""
    conversations = [
        [["user", "Hello"]], [["system", "Be brief."], ["user", "1+1?"], ["assistant", "2"], ["user", "Sure?"]],
        [["user", "\n\nTwo lines\n\n"], ["assistant", " spaced "]],
        [["user", "深度 <think>x</think>"], ["assistant", "<think>\nhm\n</think>ok"]],
    ]
    for conversation in conversations:
        for thinking in (None, False):
            for prompt in (True, False):
                options = {} if thinking is None else {"enable_thinking": thinking}
                messages = [{"role": role, "content": content} for role, content in conversation]
                text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt, **options)
                ids = tokenizer(text, add_special_tokens=False)["input_ids"]
                yield {"messages": conversation, "thinking": thinking is None, "generation_prompt": prompt,
                       "text": text, "ids": ids}


def write_case(folder, name, case, seed):
    tokenizer = build_tokenizer()
    processor = build_processor(tokenizer, case)
    images = list(draw_images(case, seed))
    inputs = processor.apply_chat_template(messages_of(case, images), add_generation_prompt=True, tokenize=True,
                                           return_dict=True, return_tensors="pt")
    for attempt in range(100):
        model = build_model(tokenizer, case, seed * 100 + attempt)
        tokens, margin = generate(model, inputs)
        if margin >= LEAST_MARGIN and len(set(tokens)) >= 20:
            break
    else:
        raise SystemExit(f"{name}: no draw has clear greedy tokens")
    rungs = record(model, inputs)
    model.save_pretrained(folder, max_shard_size="2MB" if case.get("old") else "60KB")
    tokenizer.save_pretrained(folder)
    processor.image_processor.save_pretrained(folder)
    if case.get("old"):
        save_old_layout(folder)
    (folder / "tokenizer_config.json").unlink()
    for index, image in enumerate(images):
        image.save(folder / f"image{index}.ppm")
    grids = inputs["image_grid_thw"]
    positions, _ = model.model.get_rope_index(inputs["input_ids"], inputs["mm_token_type_ids"], grids)
    text = tokenizer.apply_chat_template(messages_of(case), tokenize=False, add_generation_prompt=True)
    (folder / "prompt.json").write_text(json.dumps({
        "messages": case["messages"], "text": text, "ids": inputs["input_ids"][0].tolist(),
        "positions": positions[:, 0].tolist(), "grids": grids.tolist(), "greedy": tokens,
        "margin": margin, "patches": inputs["pixel_values"].shape[0],
    }, ensure_ascii=False) + "\n")
    save_file({"pixel_values": thin(inputs["pixel_values"])}, folder / "pixels.safetensors")
    decoder = ("norm", "logits")
    is_decoder = lambda key: key in decoder or key.startswith("layer.")
    save_file({k: v for k, v in rungs.items() if not is_decoder(k)}, folder / "vision.safetensors")
    save_file({k: v for k, v in rungs.items() if is_decoder(k)}, folder / "decoder.safetensors")
    return {"weights_seed": seed * 100 + attempt, "least_margin": margin, "tokens": len(inputs["input_ids"][0])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=pathlib.Path, default=FIXTURES)
    arguments = parser.parse_args()
    found = {name: version.split("+")[0] for name, version in VERSIONS.items()}
    assert found == PINNED, f"pinned to {PINNED}, found {VERSIONS}"
    torch.set_num_threads(1)
    cases = {}
    for name, case in CASES.items():
        folder = arguments.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        cases[name] = write_case(folder, name, case, arguments.seed)
        print(name, cases[name])
    conversations = list(chats(build_tokenizer()))
    (arguments.out / "chats.json").write_text(json.dumps(conversations, ensure_ascii=False) + "\n")
    files = sorted(p for p in arguments.out.rglob("*") if p.is_file() and p.name != "MANIFEST.json")
    large = [f"{p} has {p.stat().st_size} bytes" for p in files if p.stat().st_size > LIMIT]
    assert not large, large
    manifest = {"written_by": "Tools/reference/vlm_fixtures.py", "seed": arguments.seed, "versions": VERSIONS,
                "cases": cases, "sha256": {str(p.relative_to(arguments.out)): hashlib.sha256(p.read_bytes()).hexdigest()
                                           for p in files}}
    (arguments.out / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
