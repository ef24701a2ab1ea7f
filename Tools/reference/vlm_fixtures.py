# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes tiny GLM-4.1V and GLM-OCR checkpoints and what `transformers` computes with them, rung by rung.

    python3 Tools/reference/vlm_fixtures.py                        # writes Tests/GlyphVLMTests/Fixtures (seed 7)
    python3 Tools/reference/vlm_fixtures.py --case ocr             # one case, the others stay as they are
    python3 Tools/reference/vlm_fixtures.py --seed 11 --out DIR    # the same questions about other weights and images
    python3 Tools/reference/vlm_fixtures.py --out DIR --check-saved SAVED   # do Swift's checkpoints load, and answer?

Each case is a folder: a checkpoint as `transformers` saves it (config, safetensors, tokenizer, processor), the images
as PPM files, the conversation and integer results in `prompt.json`, and float results in `pixels`, `vision` and
`decoder` .safetensors. Tensors with more rows than ROWS are thinned: row i of the file is row i * n // ROWS.

Weights are drawn so that activations keep their size and the logits spread; a draw whose 64 greedy tokens hang on a
near tie, or whose logits bfloat16 changes much, is replaced by the next (the seed used is in the manifest), because two
correct programs may differ there.
"""

import argparse
import copy
import hashlib
import importlib.metadata
import json
import pathlib
import shutil

import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from vlm_cases import (CASES, build_model, build_processor, build_tokenizer, draw_images, messages_of,
                       transformers_class)

PINNED = {"torch": "2.13.0", "torchvision": "0.28.0", "transformers": "5.23.0", "tokenizers": "0.23.3"}
VERSIONS = {name: importlib.metadata.version(name) for name in PINNED}
FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphVLMTests/Fixtures"
LIMIT = 64 * 1024
ROWS = 12
NEW_TOKENS = 64
LEAST_MARGIN = 1e-3
MOST_ROUNDING = 0.05


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
    modules = [("patch_embed", visual.patch_embed), ("post_norm", visual.post_layernorm), ("merger", visual.merger),
               ("norm", language.norm)]
    if hasattr(visual, "embeddings"):
        modules += [("post_conv_norm", visual.post_conv_layernorm), ("embeddings", visual.embeddings)]
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


def rounding(model, inputs):
    """How far the last logits move in bfloat16, relative to the largest."""
    rounded = copy.deepcopy(model)
    for parameter in rounded.parameters():  # not the buffers: `transformers` keeps rotary frequencies in f32
        parameter.data = parameter.data.to(torch.bfloat16)
    with torch.no_grad():
        exact, near = (m(**inputs).logits[0, -1].float() for m in (model, rounded))
    return float((near - exact).abs().max() / exact.abs().max())


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


def save_prediction_layer(folder, model):
    """Adds what a published GLM-OCR checkpoint holds and `transformers` leaves out: the layer for further tokens."""
    width, layer = model.config.text_config.hidden_size, model.config.text_config.num_hidden_layers
    name, file = f"model.language_model.layers.{layer}.", "model-prediction.safetensors"
    tensors = {name + "eh_proj.weight": torch.zeros(width, 2 * width), name + "enorm.weight": torch.ones(width),
               name + "shared_head.norm.weight": torch.ones(width)}
    save_file(tensors, folder / file, metadata={"format": "pt"})
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    index["weight_map"] |= dict.fromkeys(tensors, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def chats(name):
    """Texts of a case's template for conversations without images, thinking switched on and off."""
    conversations = [
        [["user", "Hello"]], [["system", "Be brief."], ["user", "1+1?"], ["assistant", "2"], ["user", "Sure?"]],
        [["user", "\n\nTwo lines\n\n"], ["assistant", " spaced "]],
        [["user", "深度 <think>x</think>"], ["assistant", "<think>\nhm\n</think>ok"]],
        [["user", "1"], ["assistant", "a</think> b<think>c</think>\n\n d "], ["user", "2"], ["assistant", "<think> "]],
    ]
    tokenizer = build_tokenizer(CASES[name])
    for conversation in conversations:
        for thinking in (None, False):
            for prompt in (True, False):
                options = {} if thinking is None else {"enable_thinking": thinking}
                messages = [{"role": role, "content": content} for role, content in conversation]
                text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt, **options)
                ids = tokenizer(text, add_special_tokens=False)["input_ids"]
                yield {"case": name, "messages": conversation, "thinking": thinking is None,
                       "generation_prompt": prompt, "text": text, "ids": ids}


def write_case(folder, name, case, seed):
    tokenizer = build_tokenizer(case)
    processor = build_processor(tokenizer, case)
    images = list(draw_images(case, seed))
    inputs = processor.apply_chat_template(messages_of(case, images), add_generation_prompt=True, tokenize=True,
                                           return_dict=True, return_tensors="pt")
    for attempt in range(100):
        model = build_model(tokenizer, case, seed * 100 + attempt)
        tokens, margin = generate(model, inputs)
        if margin >= LEAST_MARGIN and len(set(tokens)) >= 20 and rounding(model, inputs) <= MOST_ROUNDING:
            break
    else:
        raise SystemExit(f"{name}: no draw has clear greedy tokens")
    rungs = record(model, inputs)
    model.save_pretrained(folder, max_shard_size="2MB" if case.get("old") else "60KB")
    tokenizer.save_pretrained(folder)
    processor.image_processor.save_pretrained(folder)
    if case.get("old"):
        save_old_layout(folder)
    if case["text"].get("num_nextn_predict_layers"):
        save_prediction_layer(folder, model)
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


def check_saved(folder, fixtures):
    """Loads checkpoints that GlyphVLM saved: nothing missing, unexpected or mis-shaped, and the same greedy tokens."""
    for name, case in CASES.items():
        model_class = transformers_class(case, "ForConditionalGeneration")
        model, info = model_class.from_pretrained(folder / name, output_loading_info=True)
        wrong = {key: sorted(map(str, value)) for key, value in info.items() if value}
        if wrong:
            raise SystemExit(f"{name}: {wrong}")
        processor = build_processor(build_tokenizer(case), case)
        prompt = json.loads((fixtures / name / "prompt.json").read_text())
        images = [Image.open(fixtures / name / f"image{i}.ppm") for i in range(len(prompt["grids"]))]
        inputs = processor.apply_chat_template(messages_of(case, images), add_generation_prompt=True, tokenize=True,
                                               return_dict=True, return_tensors="pt")
        tokens, _ = generate(model.to(torch.float32).eval(), inputs)
        if tokens != prompt["greedy"]:
            raise SystemExit(f"{name}: the saved model answers otherwise")
        print(f"{name} saved by GlyphVLM: loads with nothing missing or unexpected, {len(tokens)} greedy tokens equal")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=pathlib.Path, default=FIXTURES)
    parser.add_argument("--check-saved", type=pathlib.Path)
    parser.add_argument("--case", choices=CASES)
    arguments = parser.parse_args()
    if arguments.check_saved:
        return check_saved(arguments.check_saved, arguments.out)
    found = {name: version.split("+")[0] for name, version in VERSIONS.items()}
    assert found == PINNED, f"pinned to {PINNED}, found {VERSIONS}"
    torch.set_num_threads(1)
    cases = json.loads((arguments.out / "MANIFEST.json").read_text())["cases"] if arguments.case else {}
    for name, case in CASES.items():
        if arguments.case not in (None, name):
            continue
        folder = arguments.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        cases[name] = write_case(folder, name, case, arguments.seed)
        print(name, cases[name])
    conversations = [chat for name in ("single", "ocr") for chat in chats(name)]
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
