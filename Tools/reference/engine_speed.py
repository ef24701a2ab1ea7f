# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Makes the checkpoint that speed is compared on, and measures `transformers` on it.

    python3 Tools/reference/engine_speed.py make DIR            # checkpoint and page.png; random weights
    python3 Tools/reference/engine_speed.py make DIR --wide     # GLM-4.1V-9B's widths: two layers, two vision blocks
    python3 Tools/reference/engine_speed.py make DIR --full     # all of GLM-4.1V-9B's layers and vocabulary, 21 GB
    python3 Tools/reference/engine_speed.py make DIR --ocr      # GLM-OCR's size in bfloat16, but for the vocabulary
    python3 Tools/reference/engine_speed.py measure DIR --dtype float32 [--device cuda] [--started SECONDS]

`--page WIDTH HEIGHT` makes page.png of another size.

`measure` prints one JSON line with the keys of `glyph-engine bench`. `--started` is the clock's time (`date +%s.%N`)
at which the command began, so that starting Python and importing count towards the first token.
"""

import argparse
import json
import pathlib
import time

PAGE = (588, 840)  # 21 × 30 = 630 visual tokens
NEW_TOKENS = 128


def write_weights(folder, config, case):
    """Writes random bfloat16 weights shard by shard: a 9B never is in memory, nor could `save_pretrained` hold it."""
    import torch
    from safetensors.torch import save_file
    from vlm_cases import transformers_class

    with torch.device("meta"):
        shapes = {name: value.shape for name, value in
                  transformers_class(case, "ForConditionalGeneration")(config).state_dict().items()}
    noise = torch.randn(1 << 24, generator=torch.Generator().manual_seed(1))
    shard, places, size = {}, {}, 0

    def flush():
        nonlocal shard, size
        file = f"model-{len(set(places.values())) + 1:05}.safetensors"
        places.update(dict.fromkeys(shard, file))
        save_file(shard, folder / file, metadata={"format": "pt"})
        shard, size = {}, 0

    for name, shape in shapes.items():
        count = shape.numel()
        if "norm" in name and name.endswith("weight"):
            value = 1 + 0.2 * noise[:count]
        else:
            scale = 0.3 if "embed" in name and "proj" not in name or len(shape) == 1 else (2 / shape[1:].numel()) ** 0.5
            value = (noise * scale).to(torch.bfloat16).repeat(-(-count // len(noise)))[:count]
        shard[name] = value.to(torch.bfloat16).reshape(shape).contiguous()
        size += 2 * count
        if size > 2 << 30:
            flush()
    flush()
    config.dtype = torch.bfloat16
    config.save_pretrained(folder)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))


def make(folder, shape, size):
    import torch
    from PIL import Image, ImageDraw
    from vlm_cases import TEXTS, build_config, build_model, build_processor, build_tokenizer

    case = {
        "text": {"hidden_size": 384, "intermediate_size": 1024, "num_hidden_layers": 6, "num_attention_heads": 6,
                 "num_key_value_heads": 2},
        "rope": {"partial_rotary_factor": 0.5, "mrope_section": [8, 4, 4]},
        "vision": {"hidden_size": 256, "num_heads": 4, "depth": 6, "patch_size": 14, "image_size": 336,
                   "intermediate_size": 768},
        "pixels": [12544, 9633792], "tied": False,
    }
    if shape in ("wide", "full"):  # zai-org/GLM-4.1V-9B-Base: config.json
        case["text"] = {"hidden_size": 4096, "intermediate_size": 13696, "num_hidden_layers": 2,
                        "num_attention_heads": 32, "num_key_value_heads": 2, "max_position_embeddings": 65536}
        case["rope"] = {"partial_rotary_factor": 0.5, "mrope_section": [8, 12, 12]}
        case["vision"] = {"hidden_size": 1536, "num_heads": 12, "depth": 2, "patch_size": 14, "image_size": 336,
                          "intermediate_size": 13696}
    if shape == "full":
        case["text"] |= {"num_hidden_layers": 40, "vocab_size": 151552}
        case["vision"]["depth"] = 24
    if shape == "ocr":  # zai-org/GLM-OCR: config.json
        case |= {
            "model": "glm_ocr",
            "text": {"hidden_size": 1536, "intermediate_size": 4608, "num_hidden_layers": 16,
                     "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128},
            "rope": {"partial_rotary_factor": 1.0, "mrope_section": [16, 24, 24]},
            "vision": {"hidden_size": 1024, "num_heads": 16, "depth": 24, "patch_size": 14, "image_size": 336,
                       "intermediate_size": 4096},
        }
    tokenizer = build_tokenizer(case)
    if shape == "full":
        write_weights(folder, build_config(tokenizer, case), case)
    else:
        build_model(tokenizer, case, 1).to(torch.bfloat16 if shape else torch.float32).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    build_processor(tokenizer, case).save_pretrained(folder)
    (folder / "tokenizer_config.json").unlink(missing_ok=True)
    page = Image.new("RGB", size, "white")
    text = " ".join(TEXTS[::2]) + "\n"
    ImageDraw.Draw(page).multiline_text((10, 10), text * 60, fill=(0, 0, 0))
    page.save(folder / "page.png")


def measure(folder, dtype, device, started):
    before = time.time()
    import torch
    from PIL import Image
    from vlm_cases import build_processor, build_tokenizer, transformers_class
    from transformers import AutoConfig

    if device == "cpu":
        torch.set_num_threads(2)
    imported = time.time()
    config = AutoConfig.from_pretrained(folder)
    case = {"model": config.model_type, "pixels": [12544, 9633792],
            "vision": {"patch_size": config.vision_config.patch_size}}
    model_class = transformers_class(case, "ForConditionalGeneration")
    model = model_class.from_pretrained(folder, dtype=getattr(torch, dtype)).eval().to(device)
    processor = build_processor(build_tokenizer(case), case)
    loaded = time.time()
    content = [{"type": "image", "image": Image.open(folder / "page.png")}, {"type": "text", "text": "Which page?"}]
    inputs = processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True,
                                           tokenize=True, return_dict=True, return_tensors="pt").to(device)
    inputs["pixel_values"] = inputs["pixel_values"].to(model.dtype)
    model.generation_config.eos_token_id = None

    def generate(count):
        begun = time.time()
        with torch.no_grad():
            model.generate(**inputs, do_sample=False, max_new_tokens=count, min_new_tokens=count).cpu()
        return time.time() - begun

    generate(1)
    first = time.time()
    prefill = min(generate(1) for _ in range(3))
    whole = min(generate(NEW_TOKENS) for _ in range(2))
    print(json.dumps({
        "program": f"transformers on torch {torch.__version__}", "dtype": dtype, "device": device,
        "promptTokens": inputs["input_ids"].shape[1], "importSeconds": round(imported - before, 3),
        "loadSeconds": round(loaded - imported, 3), "firstTokenSeconds": round(first - (started or before), 3),
        "prefillSeconds": round(prefill, 4), "decodeTokensPerSecond": round((NEW_TOKENS - 1) / (whole - prefill), 1),
    }))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["make", "measure"])
    parser.add_argument("folder", type=pathlib.Path)
    shapes = parser.add_mutually_exclusive_group()
    for shape in ("wide", "full", "ocr"):
        shapes.add_argument(f"--{shape}", dest="shape", action="store_const", const=shape)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--page", type=int, nargs=2, default=PAGE)
    parser.add_argument("--started", type=float)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.action == "make":
        make(arguments.folder, arguments.shape, tuple(arguments.page))
    else:
        measure(arguments.folder, arguments.dtype, arguments.device, arguments.started)


if __name__ == "__main__":
    main()
